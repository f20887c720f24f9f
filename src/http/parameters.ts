import { z } from '@hono/zod-openapi'
import { uuid } from './fields.ts'

/** The largest id: JSON numbers beyond it lose digits. */
const maxId = Number.MAX_SAFE_INTEGER

/**
 * A whole number in a path or query, in plain digits: without sign, exponent or leading zero. Any other text stays a
 * string, so that validation refuses it as "not a number".
 */
export function wholeNumber(min: number, max: number) {
  // z.int() has the largest safe integer as its own maximum and would report the error twice.
  const number = z.int().min(min)
  return z.preprocess(digitsToNumber, max < maxId ? number.max(max) : number)
}

/** The path parameter `id` of a resource with a numeric id. */
export const idParameter = (description: string) =>
  z.object({
    id: wholeNumber(1, maxId).openapi({
      param: { name: 'id', in: 'path' },
      type: 'integer',
      format: 'int64',
      minimum: 1,
      maximum: maxId,
      description,
      example: 1,
    }),
  })

/** The path parameter `id` of a resource with a UUID. */
export const uuidParameter = (description: string, example: string) =>
  z.object({ id: uuid(description, example).openapi({ param: { name: 'id', in: 'path' } }) })

/** A query parameter that may be repeated. A single value becomes a list with one item. */
export function repeatable<T extends z.ZodType>(item: T, max: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(item).max(max).optional().openapi({ minItems: 0 }),
  )
}

function digitsToNumber(value: unknown): unknown {
  return typeof value === 'string' && /^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value
}
