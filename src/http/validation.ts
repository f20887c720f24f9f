import type { Hook } from '@hono/zod-openapi'
import type { z } from 'zod'
import type { AppEnv } from '../context.ts'
import { ApiError, type InvalidValue, summary } from '../errors.ts'

const locations = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'path',
  header: 'header',
  cookie: 'cookie',
} as const

/** How many wrong values one answer lists; a body can hold thousands. */
const mostErrors = 20

/** Turns what Zod found wrong into one 422; throws, so that routes see valid values only. */
// biome-ignore lint/suspicious/noExplicitAny: the signature of zod-openapi's default hook
export const refuseInvalid: Hook<any, AppEnv, any, any> = (result) => {
  if (result.success) return
  const location = locations[result.target]
  const errors = result.error.issues.flatMap((issue) => toInvalidValues(issue, location)).slice(0, mostErrors)
  throw new ApiError('request.invalid', { detail: summary(errors), errors })
}

function toInvalidValues(issue: z.core.$ZodIssue, location: InvalidValue['location']): InvalidValue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostErrors).map((key) => ({
      location,
      ...place(location, [...issue.path, key]),
      code: 'unknown_key',
      message: 'There is no such field. Check the spelling.',
    }))
  }
  return [{ location, ...place(location, issue.path), code: codeOf(issue), message: messageOf(issue) }]
}

/** In a body a JSON pointer (RFC 6901), elsewhere the parameter's name. */
function place(location: InvalidValue['location'], path: PropertyKey[]) {
  const parts = path.map((part) => shortened(String(part)))
  if (location !== 'body') return { name: parts[0] ?? '' }
  return {
    pointer: parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
  }
}

/** Unknown names are the client's own and can be as long as a body. */
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

/** Zod words a missing field as one of type "undefined". */
function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
}
