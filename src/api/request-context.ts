import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Workload } from '../db/workload.ts'
import { ApiError } from '../errors/api-error.ts'
import { onError } from '../errors/problem-response.ts'
import { runChecks } from '../http/check.ts'
import { apiHeaders } from '../http/headers.ts'
import { joinedVary } from '../http/vary.ts'
import type { AppCheck, AppEnv, Authenticate, Deps, SecuredEnv } from './context.ts'

/** Accepted request ids of clients. The pattern is strict because the id goes into logs and response headers. */
const saneRequestId = /^[A-Za-z0-9._-]{1,128}$/

/** The request id from the client or from Cloudflare, or a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('X-Request-Id')
  if (given && saneRequestId.test(given)) return given
  const ray = headers.get('CF-Ray')
  return ray && saneRequestId.test(ray) ? ray : crypto.randomUUID()
}

interface RequestOptions {
  authenticate: Authenticate
  /** The checks and headers that all routes share. */
  checks: readonly AppCheck[]
}

/**
 * The outermost middleware: sets the request's id, database and headers, runs the checks that all routes share, and
 * writes the log line.
 */
export function requestContext(
  deps: Deps,
  { authenticate, checks }: RequestOptions,
): MiddlewareHandler<AppEnv> {
  const always = { ...apiHeaders, ...transportSecurity(deps.config.PUBLIC_URL) }
  return async (c, next) => {
    const startedAt = performance.now()
    const requestId = requestIdOf(c.req.raw.headers)
    c.set('deps', deps)
    c.set('authenticate', authenticate)
    c.set('requestId', requestId)
    const headers = { 'X-Request-Id': requestId, ...always }
    c.set('headers', headers)
    try {
      c.set('db', deps.connect(c, workloadOf(c.req.method)))
      const waiting = runChecks(checks, c)
      if (waiting) await waiting
      await next()
    } catch (error) {
      // An error of `connect` or of these checks. Errors of routes have already become responses inside `next()`.
      c.res = await onError(error as Error, c)
    }
    if (c.res !== c.get('complete')) addHeaders(c.res, headers)
    const { status } = c.res
    const route = routeOf(c)
    c.set('route', route)
    const finished = { method: c.req.method, route, status, duration: performance.now() - startedAt }
    deps.metrics?.recorder?.request(finished)
    const failure = c.get('failure')
    deps.log[failure ? levelOf(status) : 'info'](
      {
        request_id: requestId,
        method: finished.method,
        route,
        status,
        code: status >= 400 ? c.get('problem') : undefined,
        duration_ms: Math.round(finished.duration * 100) / 100,
        user_id: userIdOf(c),
        error: failure,
      },
      'request',
    )
  }
}

/**
 * The pattern of the route that serves the request, also when a check has refused it. Hono returns all matching routes
 * in order; the first one that is not middleware (`/*`) counts. For a wrong method, `unknownRoute` sets it.
 */
function routeOf(c: Context<AppEnv>): string {
  return c.get('route') ?? matchedRoutes(c).find(({ path }) => path !== '/*')?.path ?? '/*'
}

/** 500 is a fault of this program. Another 5xx, such as a lost database connection, may recover by itself. */
function levelOf(status: number): 'error' | 'warn' {
  return status === 503 ? 'warn' : 'error'
}

/** For the route's guard, and for routes that declare no workload. */
function workloadOf(method: string): Workload {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write'
}

/** The user id, if the guard has set it. The log contains nothing else of the user. */
function userIdOf(c: Context): string | undefined {
  return (c as Context<SecuredEnv>).get('user')?.id
}

/** A header that the route has set stays; values of Vary are joined. */
function addHeaders(response: Response, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    const own = response.headers.get(name)
    if (own === null) response.headers.set(name, value)
    else if (name === 'Vary') response.headers.set(name, joinedVary(own, value))
  }
}

/** Strict-Transport-Security (RFC 6797): after one visit by https, browsers never use http. */
function transportSecurity(publicUrl: string | undefined): Record<string, string> {
  return publicUrl?.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}
}

/** 400 for percent-encoding that is not UTF-8, which Hono would hand on undecoded. */
export const decodableAddress: AppCheck = (c) => {
  if (!c.req.url.includes('%')) return
  try {
    decodeURIComponent(c.req.url)
  } catch {
    throw new ApiError('request.malformed', {
      detail: 'The percent-encoding in the address is not valid UTF-8.',
    })
  }
}
