import { parse } from 'postgres-array'

/** Whatever is not plain words between two braces. */
const unusual = /["\\[]|.\{|NULL/s

/**
 * An array of PostgreSQL's text format (manual, section 8.15.6) as JavaScript has it; elements are strings, null, or arrays
 * in turn. Drizzle's own parser loses backslashes. Plain words, which nearly all arrays are, are split in one call.
 */
export function parseArray(text: string): unknown[] {
  if (!unusual.test(text)) return text === '{}' ? [] : text.slice(1, -1).split(',')
  return parse(text)
}
