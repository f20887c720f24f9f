import type { ProblemCode } from './problems.ts'

/** One wrong value of a request; `pointer` is an RFC 6901 JSON pointer into the body. */
export interface InvalidValue {
  location: 'body' | 'query' | 'path' | 'header' | 'cookie'
  pointer?: string
  name?: string
  code: string
  message: string
}

interface ApiErrorOptions {
  detail?: string
  errors?: InvalidValue[]
  headers?: Record<string, string>
  cause?: unknown
}

/** Throw it anywhere below a route: it is answered as the problem of that code (RFC 9457). */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: ProblemCode
  readonly options: ApiErrorOptions

  constructor(code: ProblemCode, options: ApiErrorOptions = {}) {
    super(code, { cause: options.cause })
    this.code = code
    this.options = options
  }
}

/** Refuses single values that the schemas cannot judge, with 422. */
export function invalidValue(value: InvalidValue): ApiError {
  return new ApiError('request.invalid', { detail: summary([value]), errors: [value] })
}

/** One sentence on several wrong values. */
export function summary(errors: readonly InvalidValue[]): string {
  const places = errors.map((error) => `${error.location} ${error.pointer ?? error.name ?? ''}`.trim())
  return `${errors.length === 1 ? 'One value is' : `${errors.length} values are`} not allowed: ${places.join(', ')}.`
}
