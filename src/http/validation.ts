import type { RouteConfig } from '@hono/zod-openapi'
import type { z } from 'zod'
import { ApiError, type InvalidValue, invalidValue, summary } from '../errors/api-error.ts'
import type { HttpContext } from './context.ts'
import { duplicateKey } from './duplicate-key.ts'

/** A part of a request that the contract describes. */
interface Input {
  target: 'query' | 'param' | 'json'
  /**
   * Returns the validated value, as `c.req.valid(target)` will. @throws ApiError request.invalid,
   * request.malformed_json
   */
  read(c: HttpContext): object
}

/** The parts of a request that a route reads and validates, in this order. */
export function inputsOf({
  query,
  params,
  body,
  headers,
  cookies,
}: NonNullable<RouteConfig['request']> = {}): Input[] {
  const { 'application/json': json, ...otherTypes } = body?.content ?? {}
  if (headers || cookies || Object.keys(otherTypes).length > 0)
    throw new Error(
      'Query, path and a JSON body are validated. Document headers and cookies as `parameters`.',
    )
  const schema = json && 'schema' in json ? (json.schema as z.ZodType) : undefined
  return [
    ...(query
      ? [{ target: 'query' as const, read: (c: HttpContext) => valid(query, queryOf(c), 'query') }]
      : []),
    ...(params
      ? [{ target: 'param' as const, read: (c: HttpContext) => valid(params, c.req.param(), 'path') }]
      : []),
    ...(schema ? [{ target: 'json' as const, read: (c: HttpContext) => jsonOf(schema, c) }] : []),
  ]
}

/** Maps a name that occurs once to a text, and a repeated name to a list. */
function queryOf({ req }: HttpContext): Record<string, string | string[] | undefined> {
  if (!req.url.includes('?')) return {}
  const values = Object.entries(req.queries()).map(([name, all]) => [name, all.length === 1 ? all[0] : all])
  return Object.fromEntries(values) // unlike an assignment, it treats __proto__ as an ordinary name
}

/** The parsed body; undefined without a body, which only an optional body allows: otherwise `readBody` has refused. */
function jsonOf(schema: z.ZodType, c: HttpContext): object {
  const body = c.get('body')
  if (body === undefined) return {}
  const value = parse(body)
  refuseDuplicateKeys(body)
  return valid(schema, value, 'body')
}

function refuseDuplicateKeys(body: string): void {
  const pointer = duplicateKey(body)
  if (pointer === undefined) return
  throw invalidValue({
    location: 'body',
    pointer,
    code: 'duplicate_key',
    message: 'Is there twice. Send each field once.',
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('request.malformed_json')
  }
}

/** The number of errors in one response; a body can contain thousands. */
const maxErrors = 20

function valid(schema: z.ZodType, value: unknown, location: InvalidValue['location']): object {
  const result = schema.safeParse(value)
  if (result.success) return result.data as object
  const errors = result.error.issues.flatMap((issue) => toInvalidValues(issue, location)).slice(0, maxErrors)
  throw new ApiError('request.invalid', { detail: summary(errors), errors })
}

function toInvalidValues(issue: z.core.$ZodIssue, location: InvalidValue['location']): InvalidValue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maxErrors).map((key) => ({
      location,
      ...place(location, [...issue.path, key]),
      code: 'unknown_key',
      message: 'There is no such field. Check the spelling.',
    }))
  }
  return [{ location, ...place(location, issue.path), code: codeOf(issue), message: messageOf(issue) }]
}

/** For a body a JSON pointer (RFC 6901), otherwise the name of the parameter. */
function place(location: InvalidValue['location'], path: PropertyKey[]) {
  const parts = path.map((part) => shortened(String(part)))
  if (location !== 'body') return { name: parts[0] ?? '' }
  return {
    pointer: parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  }
}

/** An unknown name comes from the client and can be as long as the body. */
function shortened(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (isMissing(issue)) return 'required'
  if (issue.code === 'custom') return String(issue.params?.code ?? 'invalid')
  return issue.code
}

function messageOf(issue: z.core.$ZodIssue): string {
  return isMissing(issue) ? 'Is required.' : issue.message
}

/** Zod reports a missing field as one of the type "undefined". */
function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}
