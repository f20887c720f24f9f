import { makePgArray } from 'drizzle-orm/pg-core/utils'

/** The maximum number of parameters of a query; postgres.js stops there. */
const MAX_PARAMETERS = 65_533

/**
 * Converts values for postgres.js. A value that it cannot send must not reach it: another caller's query would fail,
 * and later queries would get each other's rows.
 */
export function toParameters(values: readonly unknown[]) {
  if (values.length > MAX_PARAMETERS) throw new RangeError(`A query cannot have ${values.length} parameters.`)
  return values.map(toParameter)
}

function toParameter(value: unknown) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return makePgArray(value)
  if (typeof value === 'object') return JSON.stringify(value)
  throw new TypeError(`A query parameter cannot be ${typeof value}.`)
}
