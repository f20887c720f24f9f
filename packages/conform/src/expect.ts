import { type Answer, type Json, mediaTypeOf } from './exchange.ts'
import { misfits, type Shape, shown } from './shapes.ts'

/** Something came that should not have come. */
export class Mismatch extends Error {
  override name = 'Mismatch'
  readonly expected: string
  readonly came: string
  readonly answer: Answer | undefined

  constructor(expected: string, came: string, answer?: Answer) {
    super(`expected ${expected}, came ${came}`)
    this.expected = expected
    this.came = came
    this.answer = answer
  }
}

/** The answer has this status. @throws Mismatch */
export function hasStatus(answer: Answer, ...statuses: number[]): Answer {
  if (!statuses.includes(answer.status)) {
    throw new Mismatch(`status ${statuses.join(' or ')}`, summary(answer), answer)
  }
  return answer
}

/** The answer is a problem of this status and code. @throws Mismatch */
export function isProblem(answer: Answer, status: number, ...codes: string[]): Answer {
  const isRight =
    answer.status === status &&
    mediaTypeOf(answer.headers) === 'application/problem+json' &&
    (codes.length === 0 || codes.includes(answer.json?.code))
  if (isRight) return answer
  const wanted = codes.length === 0 ? '' : ` with the code ${codes.join(' or ')}`
  throw new Mismatch(`a problem of status ${status}${wanted}`, summary(answer), answer)
}

interface WrongValue {
  location: 'body' | 'query' | 'path' | 'header'
  /** JSON pointer for a body, else the parameter's name. */
  at: string
  code?: string
}

/** The answer is a 422 that points at this value. @throws Mismatch */
export function refuses(answer: Answer, { location, at, code }: WrongValue): Answer {
  isProblem(answer, 422, 'request.invalid')
  const errors: Json[] = Array.isArray(answer.json.errors) ? answer.json.errors : []
  const place = location === 'body' ? 'pointer' : 'name'
  const isNamed = errors.some(
    (error) =>
      error.location === location && error[place] === at && (code === undefined || error.code === code),
  )
  if (isNamed) return answer
  const wanted = `errors with {location: ${location}, ${place}: ${at}${code ? `, code: ${code}` : ''}}`
  throw new Mismatch(wanted, shown(answer.json.errors), answer)
}

/** The answer has this status and its JSON exactly this shape. @throws Mismatch */
export function answers(answer: Answer, status: number, shape: Shape): Answer {
  hasStatus(answer, status)
  return fits(answer.json, shape, answer)
}

/** A value has exactly this shape. @throws Mismatch */
export function fits(value: unknown, shape: Shape, answer: Answer): Answer {
  const [first] = misfits(value, shape)
  if (first) throw new Mismatch(first.expected, first.came, answer)
  return answer
}

/** Two values are the same, down to each field. @throws Mismatch */
export function same(what: string, actual: unknown, expected: unknown, answer?: Answer): void {
  const [first] = misfits(actual, expected as Shape)
  if (first) throw new Mismatch(`${what}: ${first.expected}`, first.came, answer)
}

/** Something is so. @throws Mismatch */
export function holds(isSo: boolean, expected: string, came: unknown, answer?: Answer): void {
  if (!isSo) throw new Mismatch(expected, typeof came === 'string' ? came : shown(came), answer)
}

/** The answer has a header that is this or looks like this. @throws Mismatch */
export function hasHeader(answer: Answer, name: string, value: string | RegExp): Answer {
  const came = answer.headers.get(name)
  const isRight = came !== null && (typeof value === 'string' ? came === value : value.test(came))
  if (isRight) return answer
  throw new Mismatch(`the header ${name}: ${value}`, came === null ? 'no such header' : came, answer)
}

/** An answer without a body. @throws Mismatch */
export function isEmpty(answer: Answer, status: number): Answer {
  hasStatus(answer, status)
  if (answer.bytes.length === 0) return answer
  throw new Mismatch('no body', `${answer.bytes.length} bytes`, answer)
}

function summary({ status, headers, text, json }: Answer): string {
  if (json?.code) return `status ${status} with the code ${json.code}`
  const type = headers.get('content-type')
  return `status ${status}${type ? ` (${type})` : ''}${text === '' ? ' without a body' : ''}`
}
