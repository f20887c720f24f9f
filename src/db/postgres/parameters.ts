import { makePgArray } from 'drizzle-orm/pg-core/utils'

/** Of a query; postgres.js stops there. */
const MAX_PARAMETERS = 65_533

/**
 * Values that postgres.js can send. One that it cannot must not reach it: it fails somebody else's query then, and
 * answers the following ones with each other's rows.
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
