import { jsonLines } from '../api/json-lines.ts'
import { requestIdOf } from '../api/request-context.ts'
import { ConfigError } from '../config/config.ts'
import { describeError } from '../errors/describe-error.ts'
import type { ProblemCode } from '../errors/problems.ts'
import { bareProblem } from '../http/bare-problem.ts'

/** Without valid settings there is no app, log level or address. This is the minimal response and log line. */
export function refuseToServe(request: Request, error: unknown): Response {
  const isConfig = error instanceof ConfigError
  const code = isConfig ? 'service.misconfigured' : 'service.failure'
  const why = isConfig ? { reason: error.message } : { error: describeError(error) }
  const response = bareResponse(code, request, { more: isConfig ? { 'Retry-After': '60' } : {} })
  jsonLines('error').error({ request_id: response.headers.get('X-Request-Id') ?? '', ...why }, code)
  return response
}

/** The 431 for headers beyond the limits of Node; undefined for a request within them. */
export function refuseLargeHeaders(request: Request, origins: readonly string[]): Response | undefined {
  return areTooLarge(request.headers)
    ? bareResponse('request.headers_too_large', request, { origins })
    : undefined
}

/** The limits of Node; those of Cloudflare are far above. */
function areTooLarge(headers: Headers): boolean {
  let count = 0
  let size = 0
  for (const [name, value] of headers) {
    count++
    size += name.length + value.length + 4 // colon, space and line end
  }
  return count > 100 || size > 16 * 1024
}

function bareResponse(
  code: ProblemCode,
  request: Request,
  { origins = [], more = {} }: { origins?: readonly string[]; more?: Record<string, string> } = {},
): Response {
  const requestId = requestIdOf(request.headers)
  const origin = request.headers.get('Origin') ?? undefined
  const { status, headers, body } = bareProblem(code, { requestId, origins, origin })
  return new Response(body, { status, headers: { ...headers, ...more } })
}
