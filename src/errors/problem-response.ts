import { isDatabaseUnavailable } from '../db/errors.ts'
import { ApiError } from './api-error.ts'
import { describeError } from './describe-error.ts'
import { preferredLanguage } from './language.ts'
import type { ProblemContext } from './problem-context.ts'
import { translateToKorean } from './problem-language.ts'
import { type ProblemCode, problems } from './problems.ts'

/**
 * Responds to every error with its problem. An unexpected error goes into the log line of the request, which
 * `requestContext` writes; its message stays out of the response.
 */
export function onError(error: Error, c: ProblemContext): Promise<Response> {
  const known = toApiError(error)
  if (known.code === 'service.failure' || known.code === 'service.unavailable')
    c.set('failure', describeError(error))
  return problemResponse(c, known)
}

/** The problem as a response in the reader's language, with the headers that its status requires. */
export async function problemResponse(c: ProblemContext, error: ApiError): Promise<Response> {
  const { code, options } = error
  const { status } = problems[code]
  c.set('problem', code)
  const body = problemBody(error, {
    instance: pathOf(c.req.url),
    requestId: c.var.requestId,
    publicUrl: c.var.deps.config.PUBLIC_URL,
  })
  const isKorean = preferredLanguage(c.req.header('Accept-Language')) === 'ko'
  // If the Korean texts cannot be loaded, the response is in English.
  const korean = isKorean ? await c.var.deps.korean().catch(() => undefined) : undefined
  const { Vary: others } = c.get('headers') ?? {}
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json',
    'Content-Language': korean ? 'ko' : 'en',
    Vary: others ? `${others}, Accept-Language` : 'Accept-Language',
    ...options.headers,
  }
  if (status === 401) headers['WWW-Authenticate'] = challenge(code, c.req.header('Authorization'))
  if (status === 503) headers['Retry-After'] ??= '1'
  return c.body(JSON.stringify(korean ? translateToKorean(body, korean) : body), status, headers)
}

/** The problems of a presented token, with the error code `invalid_token` (RFC 6750, section 3.1). */
const invalidTokens: readonly ProblemCode[] = [
  'auth.token_invalid',
  'auth.token_expired',
  'auth.token_revoked',
]

interface Occurrence {
  instance: string
  requestId: string
  publicUrl: string | undefined
}

/** The body of a problem (RFC 9457, section 3). */
export function problemBody({ code, options }: ApiError, { instance, requestId, publicUrl }: Occurrence) {
  const { status, title, detail } = problems[code]
  return {
    type: problemUri(publicUrl, code),
    title,
    status,
    detail: options.detail ?? detail,
    instance,
    code,
    request_id: requestId,
    ...(options.errors && { errors: options.errors }),
  }
}

/** The address of a problem's explanation: absolute if PUBLIC_URL is set, otherwise relative to the request. */
export function problemUri(publicUrl: string | undefined, code: ProblemCode): string {
  return publicUrl ? new URL(`/problems/${code}`, publicUrl).href : `/problems/${code}`
}

/**
 * The challenge of a 401 (RFC 9110, section 11.6.1). With Basic, browsers show a password dialog of their own, so a
 * log-in by JSON, which has its own form, never gets that challenge.
 */
function challenge(code: ProblemCode, authorization: string | undefined): string {
  const isBasic = code === 'auth.credentials_missing' || /^basic\b/i.test(authorization ?? '')
  if (isBasic && code !== 'auth.token_invalid') return 'Basic realm="gatepost", charset="UTF-8"'
  // RFC 6750, section 3.1: an error code only when a token was presented.
  if (!invalidTokens.includes(code)) return 'Bearer realm="gatepost"'
  return `Bearer realm="gatepost", error="invalid_token", error_description="${problems[code].title}"`
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (isDatabaseUnavailable(error)) return new ApiError('service.unavailable')
  return new ApiError('service.failure')
}

/** The path as a URI reference (RFC 3986): without the query, with invalid characters encoded. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2)
  const [path = '/'] = (start === -1 ? '/' : url.slice(start)).split(/[?#]/, 1)
  return path
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/[^\w.~!$&'()*+,;=:@/%-]/g, encodeURIComponent)
    .replace(/^\/\//, '/%2F')
}
