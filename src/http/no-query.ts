import { ApiError, summary } from '../errors/api-error.ts'
import type { RequestCheck } from './check.ts'

/** Refuses query parameters with 422 on an operation that has none; other operations refuse unknown ones anyway. */
export const noQuery: RequestCheck = (c) => {
  if (c.req.url.includes('?')) {
    const names = [...new Set(new URL(c.req.url).searchParams.keys())].slice(0, 20)
    const errors = names.map((name) => ({
      location: 'query' as const,
      name: name.slice(0, 200),
      code: 'unknown_key',
      message: 'This operation has no query parameters.',
    }))
    if (errors.length > 0) throw new ApiError('request.invalid', { detail: summary(errors), errors })
  }
}
