import { sql } from 'drizzle-orm'

/**
 * A limit as part of the statement's text, for `.limit()`. Drizzle would send a number as a parameter, and the generic
 * plan would not know how few rows are needed.
 */
export function literalLimit(rows: number): number {
  return sql.raw(String(Math.trunc(rows))) as unknown as number // Drizzle accepts SQL here, but its types do not
}
