import { z } from '@hono/zod-openapi'
import type { ParameterObject } from 'openapi3-ts/oas31'
import { invalidValue } from '../errors/api-error.ts'
import { isNamed, qualityOf } from './accept.ts'
import type { RequestCheck } from './check.ts'
import type { HttpContext } from './context.ts'
import { headerValue } from './header-value.ts'
import { sparseType } from './sparse-type.ts'
import { textHash } from './text-hash.ts'
import { addVary } from './vary.ts'

/** The selected names; for an object either the names within it, or true for the whole object. */
type Mask = Map<string, Mask | true>

const longest = 500
/**
 * Simpler than the real syntax: with an exact pattern, Swagger UI generates examples of a megabyte, which takes a
 * minute.
 */
const pattern = '^[\\w\\s,{}]+$'

/** The query parameter `fields` of an operation; the header `X-Fields` means the same. */
export const fieldsParameter = {
  fields: z
    .string()
    .min(1)
    .max(longest)
    .optional()
    .openapi({
      pattern,
      description: `Only these fields of each item, such as \`id,title,author{username}\`. The answer is then \`${sparseType}\`, or \`application/json\` where Accept names that and does not prefer the other.`,
    }),
}

/** The header of Flask-RESTPlus for the same purpose. */
export const xFields: ParameterObject = {
  name: 'X-Fields',
  in: 'header',
  description:
    'The same as the query parameter `fields`; outer braces are allowed, as Flask-RESTPlus writes them.',
  schema: { type: 'string', minLength: 1, maxLength: longest, pattern },
}

/**
 * The media type of a response with fewer fields. It has a type of its own, since it does not match the schema of the
 * document. Clients of Flask-RESTX ask for `application/json` and get that name, unless they prefer the other.
 */
function typeOf({ req }: HttpContext): string {
  const accept = req.header('Accept')
  const [own, plain] = [qualityOf(sparseType, accept), qualityOf('application/json', accept)]
  const isPlain = own === 0 || (isNamed('application/json', accept) && plain >= own)
  return isPlain ? 'application/json' : sparseType
}

/** Sets Vary: responses of this operation depend on these request headers (RFC 9110, section 12.5.5). */
export const varyBySparseness: RequestCheck = (c) => addVary(c.get('headers'), 'X-Fields', 'Accept')

/** A representation with fewer fields. */
interface Sparse {
  pick(item: object): object
  mediaType: string
  /** Distinguishes its entity tag from those of other representations; the order of the names does not matter. */
  variant: string
}

/**
 * The representation that the request selects; undefined if it selects no fields.
 * @throws ApiError 422 for unknown names
 */
export function readSparse(
  c: HttpContext,
  fields: string | undefined,
  schema: z.ZodObject,
): Sparse | undefined {
  const header = headerValue(c, 'X-Fields', longest)
  const [source, location, name] =
    fields === undefined ? ([header, 'header', 'X-Fields'] as const) : ([fields, 'query', 'fields'] as const)
  if (source === undefined) return undefined
  try {
    const mask = parse(source.replace(/^\{(.*)\}$/s, '$1'), schema)
    const mediaType = typeOf(c)
    const variant = textHash(`${mediaType} ${namesIn(mask)}`)
    return { pick: (item) => pick(item, mask), mediaType, variant }
  } catch (error) {
    if (!(error instanceof UnreadableFields)) throw error
    throw invalidValue({ location, name, code: 'unknown_field', message: error.message })
  }
}

/** An error in the client's text; any other error is a bug of this service. */
class UnreadableFields extends Error {}

/** Parses `id,author{username}`. A repeated name changes nothing. */
function parse(source: string, schema: z.ZodObject): Mask {
  const mask: Mask = new Map()
  let rest = source.trim()
  while (rest !== '') {
    const [whole, name, inner] = /^\s*(\w+)\s*(?:\{([^{}]*)\})?\s*(?:,|$)/.exec(rest) ?? []
    if (!whole || !name) throw new UnreadableFields(`Cannot be read from "${rest.slice(0, 20)}" on.`)
    mask.set(name, maskOf(name, inner, schema))
    rest = rest.slice(whole.length).trim()
  }
  if (mask.size === 0) throw new UnreadableFields('Names no field.')
  return mask
}

function maskOf(name: string, inner: string | undefined, schema: z.ZodObject): Mask | true {
  const field = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined
  if (!field)
    throw new UnreadableFields(
      `There is no field "${name}". Possible: ${Object.keys(schema.shape).join(', ')}.`,
    )
  if (inner === undefined) return true
  if (!(field instanceof z.ZodObject))
    throw new UnreadableFields(`The field "${name}" has no fields of its own.`)
  return parse(inner, field)
}

/** A canonical text of the selected fields. */
function namesIn(mask: Mask): string {
  const names = [...mask].map(([name, inner]) => (inner === true ? name : `${name}{${namesIn(inner)}}`))
  return names.sort().join(',')
}

function pick(item: object, mask: Mask): object {
  const entries = Object.entries(item).flatMap(([name, value]) => {
    const inner = mask.get(name)
    if (inner === undefined) return []
    return [[name, inner === true ? value : pick(value, inner)]]
  })
  return Object.fromEntries(entries)
}
