import { and, inArray, type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** What If-Match and If-None-Match say of a change. `undefined` where the header is absent. */
export interface Preconditions {
  /** Versions that may be changed; any if absent. */
  allowed: number[] | undefined
  /** Representations that must not be the current one, by all versions of their tag; or none may exist. */
  refused: number[][] | 'any' | undefined
}

/** The preconditions as a part of the statement that changes a row. The columns are those of its tag, in their order. */
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

/** A number of at most nine digits, whose type PostgreSQL need not guess. */
function integer(value: number): SQL {
  return sql`${value}::integer`
}
