import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Workload } from '../db/workload.ts'
import { ApiError } from '../errors/api-error.ts'
import { onError } from '../errors/problem-response.ts'
import { runChecks } from '../http/check.ts'
import { apiHeaders } from '../http/headers.ts'
import { joinedVary } from '../http/vary.ts'
import type { AppCheck, AppEnv, Authenticate, Deps, SecuredEnv } from './context.ts'

/** What a request id may look like to be taken over from the client: it ends up in logs and headers. */
const saneRequestId = /^[A-Za-z0-9._-]{1,128}$/

/** The id that the client or else Cloudflare has given the request, or a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('X-Request-Id')
  if (given && saneRequestId.test(given)) return given
  const ray = headers.get('CF-Ray')
  return ray && saneRequestId.test(ray) ? ray : crypto.randomUUID()
}

interface RequestOptions {
  authenticate: Authenticate
  /** What all routes have in common. */
  checks: readonly AppCheck[]
}

/**
 * First of all: gives a request its id, database and headers, checks what all routes have in common, and writes its
 * log line.
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
      await runChecks(checks, c)
      await next()
    } catch (error) {
      // Of connecting and these checks: what is thrown further in was answered there.
      c.res = await onError(error as Error, c)
    }
    if (c.res !== c.get('complete')) addHeaders(c.res, headers)
    const { status } = c.res
    const route = routeOf(c)
    c.set('route', route)
    const answered = { method: c.req.method, route, status, duration: performance.now() - startedAt }
    deps.metrics?.recorder?.request(answered)
    const failure = c.get('failure')
    deps.log[failure ? levelOf(status) : 'info'](
      {
        request_id: requestId,
        method: answered.method,
        route,
        status,
        code: status >= 400 ? c.get('problem') : undefined,
        duration_ms: Math.round(answered.duration * 100) / 100,
        user_id: userIdOf(c),
        error: failure,
      },
      'request',
    )
  }
}

/**
 * The pattern of the route that serves the request, also when a check responds before its handler. Hono matches
 * every route that fits and runs them in order, so the first one behind the middleware (`/*`) counts. The routes
 * of a wrong method are found by `unknownRoute`.
 */
function routeOf(c: Context<AppEnv>): string {
  return c.get('route') ?? matchedRoutes(c).find(({ path }) => path !== '/*')?.path ?? '/*'
}

/** An unforeseen error is a fault of this program; a database that is away may come back by itself. */
function levelOf(status: number): 'error' | 'warn' {
  return status === 503 ? 'warn' : 'error'
}

/** That of a route which declares none, and of its guard. */
function workloadOf(method: string): Workload {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write'
}

/** Who asked, if a guard knows; of the user nothing else is logged. */
function userIdOf(c: Context): string | undefined {
  return (c as Context<SecuredEnv>).get('user')?.id
}

/** What a route has set itself stays; what the response depends on adds up. */
function addHeaders(response: Response, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    const own = response.headers.get(name)
    if (own === null) response.headers.set(name, value)
    else if (name === 'Vary') response.headers.set(name, joinedVary(own, value))
  }
}

/** Browsers that came by https once then never come by http (RFC 6797). */
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
