import { ApiError } from '../errors/api-error.ts'
import { problemBody } from '../errors/problem-response.ts'
import { type ProblemCode, problems } from '../errors/problems.ts'
import { corsHeaders } from './cors.ts'
import { apiHeaders } from './headers.ts'

interface BareProblemOptions {
  requestId?: string
  /** CORS_ORIGINS, and the Origin of the request if it could be read. */
  origins?: readonly string[]
  origin?: string | undefined
}

/** A problem for a request that does not reach the app. Returns the parts of the response. */
export function bareProblem(
  code: ProblemCode,
  { requestId = crypto.randomUUID(), origins = [], origin }: BareProblemOptions = {},
) {
  const error = new ApiError(code)
  const body = JSON.stringify(problemBody(error, { instance: '/', requestId, publicUrl: undefined }))
  const headers = {
    ...apiHeaders,
    ...corsHeaders(origins, origin),
    'X-Request-Id': requestId,
    'Content-Type': 'application/problem+json',
    'Content-Language': 'en',
  }
  return { status: problems[code].status, headers, body }
}
