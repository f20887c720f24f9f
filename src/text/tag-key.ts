import { mapWidth } from './width.ts'

/**
 * What tags are compared by: case and width make no difference. The database has the same rule for what is stored, as
 * the function `tag_key` of its migrations.
 */
export function tagKey(tag: string): string {
  return mapWidth(tag).toLowerCase().normalize('NFC')
}
