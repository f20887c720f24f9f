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

/** An error with the problem (RFC 9457) of its code. It can be thrown anywhere below a route. */
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

/** A 422 for single values that the schemas cannot check. */
export function invalidValue(value: InvalidValue): ApiError {
  return new ApiError('request.invalid', { detail: summary([value]), errors: [value] })
}

/** One sentence that names all wrong values. */
export function summary(errors: readonly InvalidValue[]): string {
  const places = errors.map((error) => `${error.location} ${error.pointer ?? error.name ?? ''}`.trim())
  return `${errors.length === 1 ? 'One value is' : `${errors.length} values are`} not allowed: ${places.join(', ')}.`
}
