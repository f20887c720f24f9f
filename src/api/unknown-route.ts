import type { Context, NotFoundHandler } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import { ApiError } from '../errors/api-error.ts'
import { problemResponse } from '../errors/problem-response.ts'
import { preflightHeaders } from '../http/cors.ts'
import type { AppEnv } from './context.ts'

interface Route {
  method: string
  path: string
}

/**
 * Handles requests that no route serves: OPTIONS gets 204 with the methods of the path (RFC 9110, section 9.3.7), a
 * wrong method 405 with Allow, an unknown path 404. Hono alone would send 404 for all three.
 */
export function unknownRoute(routes: readonly Route[]): NotFoundHandler<AppEnv> {
  const byPath = new TrieRouter<Route>()
  for (const { method, path } of routes) if (method !== 'ALL') byPath.add('ALL', path, { method, path })
  return (c) => {
    const [matches] = byPath.match('ALL', c.req.path)
    const [first] = matches
    const requested = preflightOf(c)
    if (first === undefined) {
      // A preflight for an unknown path: the page may then send its request and read the 404.
      if (requested) return c.body(null, 204, preflight(c, everyMethod))
      return problemResponse(c, new ApiError('route.not_found'))
    }
    c.set('route', first[0].path) // for log, metrics and traces
    const allowed = allowedMethods(matches.map(([{ method }]) => method))
    const headers = { Allow: allowed.join(', ') }
    if (c.req.method !== 'OPTIONS')
      return problemResponse(c, new ApiError('route.method_not_allowed', { headers }))
    // Accept-Patch: the media types that PATCH accepts (RFC 5789, section 3.1).
    const patch = allowed.includes('PATCH') ? { 'Accept-Patch': 'application/json' } : {}
    return c.body(null, 204, { ...headers, ...patch, ...(requested && preflight(c, allowed)) })
  }
}

/**
 * The method that a CORS preflight announces (Fetch standard, CORS-preflight request); undefined for other requests.
 */
function preflightOf({ req }: Context): string | undefined {
  const isPreflight = req.method === 'OPTIONS' && req.header('Origin') !== undefined
  return isPreflight ? req.header('Access-Control-Request-Method') : undefined
}

const everyMethod = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

/** The preflight headers for a page of CORS_ORIGINS; none for other origins, so that browsers refuse. */
function preflight(c: Context, methods: readonly string[]): Record<string, string> {
  if (!('Access-Control-Allow-Origin' in (c.get('headers') ?? {}))) return {}
  return preflightHeaders(c.req.header('Access-Control-Request-Headers'), methods)
}

function allowedMethods(routed: readonly string[]): string[] {
  const methods = new Set([...routed, 'OPTIONS'])
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}
