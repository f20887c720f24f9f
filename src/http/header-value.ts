import { invalidValue } from '../errors/api-error.ts'
import type { HttpContext } from './context.ts'

/** A header of the request, undefined without it. @throws ApiError 422 if it is longer than the document allows */
export function headerValue(c: HttpContext, name: string, longest: number): string | undefined {
  const value = c.req.header(name)
  if (value === undefined || value.length <= longest) return value
  throw invalidValue({
    location: 'header',
    name,
    code: 'too_long',
    message: `Must have at most ${longest} characters.`,
  })
}
