import { parse } from 'postgres-array'

/** An array that contains more than plain words. */
const unusual = /["\\[]|.\{|NULL/s

/**
 * Parses an array in PostgreSQL's text format (manual, section 8.15.6). Elements are strings, null, or arrays.
 * Drizzle's own parser loses backslashes. Nearly all arrays contain only plain words, which one `split` reads.
 */
export function parseArray(text: string): unknown[] {
  if (!unusual.test(text)) return text === '{}' ? [] : text.slice(1, -1).split(',')
  return parse(text)
}
