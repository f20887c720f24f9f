import { mapWidth } from './width.ts'

/** What tags are compared by: case and width make no difference. */
export function tagKey(tag: string): string {
  return mapWidth(tag).toLowerCase().normalize('NFC')
}
