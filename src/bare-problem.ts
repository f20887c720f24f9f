import { ApiError, problemBody } from './errors.ts'
import { apiHeaders } from './http/headers.ts'
import { type ProblemCode, problems } from './problems.ts'

/** A problem that is answered where there is no app yet: all that its response is made of. */
export function bareProblem(code: ProblemCode, requestId: string = crypto.randomUUID()) {
  const error = new ApiError(code)
  const body = JSON.stringify(problemBody(error, { instance: '/', requestId, publicUrl: undefined }))
  const headers = {
    ...apiHeaders,
    'X-Request-Id': requestId,
    'Content-Type': 'application/problem+json',
    'Content-Language': 'en',
  }
  return { status: problems[code].status, headers, body }
}
