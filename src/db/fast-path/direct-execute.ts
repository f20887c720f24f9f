import { DrizzleQueryError, is, type Logger, Param, Placeholder } from 'drizzle-orm'
import type { Sql } from 'postgres'
import type { Rows } from './row-mapper.ts'

type Values = Record<string, unknown>
type Bind = (values: Values) => unknown

/** The fields of Drizzle's prepared queries on postgres.js that its types omit. */
interface PreparedQuery {
  client?: Sql
  queryString?: string
  params?: readonly unknown[]
  prepare?: boolean
  logger?: Logger
  customResultMapper?: (rows: unknown[][]) => unknown
  execute(values?: Values): Promise<unknown>
}

/**
 * Sends a prepared query directly to postgres.js. Drizzle 0.45 calls six functions for spans and caches, which are
 * unused here, and inspects each parameter: 20 µs, while PostgreSQL takes 40 µs. Other drivers, and rows that Drizzle
 * must map, still go through Drizzle.
 */
export function installDirectExecute(query: object): void {
  const prepared = query as PreparedQuery
  const { client, queryString, params, customResultMapper: toObjects } = prepared
  if (!client?.unsafe || queryString === undefined || !params || !toObjects) return
  const binds = params.map(bindOf)
  const options = { prepare: prepared.prepare ?? false }
  prepared.execute = async (values = {}) => {
    const bound = binds.map((bind) => bind(values))
    prepared.logger?.logQuery(queryString, bound)
    let rows: Rows
    try {
      rows = await client.unsafe(queryString, bound as never[], options).values()
    } catch (error) {
      throw new DrizzleQueryError(queryString, bound, error as Error)
    }
    return toObjects(rows)
  }
}

function bindOf(param: unknown): Bind {
  if (is(param, Placeholder)) return givenAs(param.name)
  if (!is(param, Param)) return () => param
  const { value, encoder } = param
  if (!is(value, Placeholder)) return () => encoder.mapToDriverValue(value)
  const given = givenAs(value.name)
  return (values) => encoder.mapToDriverValue(given(values))
}

function givenAs(name: string): Bind {
  return (values) => {
    if (!(name in values)) throw new Error(`The query needs a value for ${name}.`)
    return values[name]
  }
}
