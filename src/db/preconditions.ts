import { and, inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** The preconditions of a change, from If-Match and If-None-Match. `undefined` without the header. */
export interface Preconditions {
  /** The versions that may be changed; any version if absent. */
  allowed: number[] | undefined
  /** Representations that must not be the current one, each with all versions of its tag; or no version may exist. */
  refused: number[][] | 'any' | undefined
}

/**
 * The preconditions as a condition of the statement that changes a row. The columns are those of its entity tag, in
 * order.
 */
export function areMet({ allowed, refused }: Preconditions, columns: readonly SQLWrapper[]): SQL | undefined {
  if (refused === 'any') return sql`false`
  const [version] = columns
  const current = sql`(${sql.join([...columns], sql`, `)})`
  const isCurrent = refused?.map(
    (versions) => sql`${current} = (${sql.join(versions.map(integer), sql`, `)})`,
  )
  return and(
    allowed && version && (allowed.length > 0 ? inArray(version, allowed) : sql`false`),
    ...(isCurrent ?? []).map((condition) => sql`not (${condition})`),
  )
}

/** A number of at most nine digits, so that PostgreSQL reads it as an integer. */
function integer(value: number): SQL {
  return sql`${value}::integer`
}
