import { Column, type DriverValueDecoder, is, SQL } from 'drizzle-orm'

/** Rows as drivers give them: values by column. */
export type Rows = unknown[][]

type Decode = (value: unknown) => unknown

/** What Drizzle's prepared queries are beyond their types: the columns of the answer, and who makes objects of its rows. */
interface PreparedRows {
  fields?: readonly { path: string[]; field: Column | SQL | SQL.Aliased }[]
  customResultMapper?: (rows: Rows) => unknown[]
}

/**
 * Makes a prepared query's rows objects in a fifth of the time: Drizzle 0.45 asks for each value of each row anew what
 * kind of column it belongs to. Here that is found out once. Rows that hold objects are left to Drizzle.
 */
export function quickenRows(query: object): void {
  const prepared = query as PreparedRows
  const { fields } = prepared
  if (!fields || prepared.customResultMapper || fields.some(({ path }) => path.length !== 1)) return
  const names = fields.map(({ path }) => path[0] ?? '')
  const decoders = fields.map(({ field }) => decoderOf(field))
  const toObject = (row: unknown[]) => {
    const object: Record<string, unknown> = {}
    for (let at = 0; at < names.length; at++) {
      const value = row[at]
      const decode = decoders[at]
      object[names[at] ?? ''] = value === null || decode === undefined ? value : decode(value)
    }
    return object
  }
  prepared.customResultMapper = (rows) => rows.map(toObject)
}

/** Undefined where the value stays as it is. */
function decoderOf(field: Column | SQL | SQL.Aliased): Decode | undefined {
  const decoder = is(field, Column) ? copyOf(field) : decoderOfSql(is(field, SQL) ? field : field.sql)
  const isAsItIs = decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue
  return isAsItIs ? undefined : (value) => decoder.mapFromDriverValue(value)
}

/** Columns of a part of a statement are proxies, whose every property costs as much as a value. */
function copyOf(column: Column): Column {
  return Object.assign(Object.create(Object.getPrototypeOf(column)), column)
}

function decoderOfSql(sql: SQL): DriverValueDecoder<unknown, unknown> {
  return (sql as unknown as { decoder: DriverValueDecoder<unknown, unknown> }).decoder // not in its types
}
