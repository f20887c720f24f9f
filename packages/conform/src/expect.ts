import { type Json, mediaTypeOf, type ReceivedResponse } from './exchange.ts'
import { differences, type Shape, shown } from './shapes.ts'

/** The response is not as expected. */
export class Mismatch extends Error {
  override name = 'Mismatch'
  readonly expected: string
  readonly actual: string
  readonly response: ReceivedResponse | undefined

  constructor(expected: string, actual: string, response?: ReceivedResponse) {
    super(`expected ${expected}, got ${actual}`)
    this.expected = expected
    this.actual = actual
    this.response = response
  }
}

/** Asserts that the response has one of these statuses. @throws Mismatch */
export function hasStatus(response: ReceivedResponse, ...statuses: number[]): ReceivedResponse {
  if (!statuses.includes(response.status)) {
    throw new Mismatch(`status ${statuses.join(' or ')}`, summary(response), response)
  }
  return response
}

/** Asserts that the response is a problem with this status and one of these codes. @throws Mismatch */
export function isProblem(response: ReceivedResponse, status: number, ...codes: string[]): ReceivedResponse {
  const isRight =
    response.status === status &&
    mediaTypeOf(response.headers) === 'application/problem+json' &&
    (codes.length === 0 || codes.includes(response.json?.code))
  if (isRight) return response
  const wanted = codes.length === 0 ? '' : ` with the code ${codes.join(' or ')}`
  throw new Mismatch(`a problem of status ${status}${wanted}`, summary(response), response)
}

interface WrongValue {
  location: 'body' | 'query' | 'path' | 'header'
  /** JSON pointer for a body, otherwise the name of the parameter. */
  at: string
  code?: string
}

/** Asserts that the response is a 422 that points at this value. @throws Mismatch */
export function refuses(response: ReceivedResponse, { location, at, code }: WrongValue): ReceivedResponse {
  isProblem(response, 422, 'request.invalid')
  const errors: Json[] = Array.isArray(response.json.errors) ? response.json.errors : []
  const place = location === 'body' ? 'pointer' : 'name'
  const isNamed = errors.some(
    (error) =>
      error.location === location && error[place] === at && (code === undefined || error.code === code),
  )
  if (isNamed) return response
  const wanted = `errors with {location: ${location}, ${place}: ${at}${code ? `, code: ${code}` : ''}}`
  throw new Mismatch(wanted, shown(response.json.errors), response)
}

/** Asserts that the response has this status, and that its JSON has exactly this shape. @throws Mismatch */
export function respondsWith(response: ReceivedResponse, status: number, shape: Shape): ReceivedResponse {
  hasStatus(response, status)
  return matches(response.json, shape, response)
}

/** Asserts that a value has exactly this shape. @throws Mismatch */
export function matches(value: unknown, shape: Shape, response: ReceivedResponse): ReceivedResponse {
  const [first] = differences(value, shape)
  if (first) throw new Mismatch(first.expected, first.actual, response)
  return response
}

/** Asserts that two values are equal in every field. @throws Mismatch */
export function same(what: string, actual: unknown, expected: unknown, response?: ReceivedResponse): void {
  const [first] = differences(actual, expected as Shape)
  if (first) throw new Mismatch(`${what}: ${first.expected}`, first.actual, response)
}

/** Asserts a condition. `expected` and `actual` are for the report. @throws Mismatch */
export function assert(isSo: boolean, expected: string, actual: unknown, response?: ReceivedResponse): void {
  if (!isSo) throw new Mismatch(expected, typeof actual === 'string' ? actual : shown(actual), response)
}

/** Asserts that the response has a header with this value, or one that matches the pattern. @throws Mismatch */
export function hasHeader(
  response: ReceivedResponse,
  name: string,
  value: string | RegExp,
): ReceivedResponse {
  const actual = response.headers.get(name)
  const isRight = actual !== null && (typeof value === 'string' ? actual === value : value.test(actual))
  if (isRight) return response
  throw new Mismatch(`the header ${name}: ${value}`, actual === null ? 'no such header' : actual, response)
}

/** Asserts that the response has this status and no body. @throws Mismatch */
export function isEmpty(response: ReceivedResponse, status: number): ReceivedResponse {
  hasStatus(response, status)
  if (response.bytes.length === 0) return response
  throw new Mismatch('no body', `${response.bytes.length} bytes`, response)
}

function summary({ status, headers, text, json }: ReceivedResponse): string {
  if (json?.code) return `status ${status} with the code ${json.code}`
  const type = headers.get('content-type')
  return `status ${status}${type ? ` (${type})` : ''}${text === '' ? ' without a body' : ''}`
}
