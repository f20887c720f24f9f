import { sql } from 'drizzle-orm'

/**
 * A limit that is part of the statement's text, for `.limit()`: as a parameter, which Drizzle makes of a number, the
 * generic plan would be one for any number of rows.
 */
export function literalLimit(rows: number): number {
  return sql.raw(String(Math.trunc(rows))) as unknown as number // Drizzle takes SQL, and its types do not say so
}
