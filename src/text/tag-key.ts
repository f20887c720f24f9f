import { mapWidth } from './width.ts'

/** The form in which tags are compared: case and width make no difference. */
export function tagKey(tag: string): string {
  return mapWidth(tag).toLowerCase().normalize('NFC')
}
