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
 * What no route answers: OPTIONS tells the methods of the address (RFC 9110, section 9.3.7), a wrong method
 * is 405 with Allow, an unknown address 404. Hono by itself answers all of them 404.
 */
export function unknownRoute(routes: readonly Route[]): NotFoundHandler<AppEnv> {
  const byPath = new TrieRouter<Route>()
  for (const { method, path } of routes) if (method !== 'ALL') byPath.add('ALL', path, { method, path })
  return (c) => {
    const [matches] = byPath.match('ALL', c.req.path)
    const [first] = matches
    const requested = preflightOf(c)
    if (first === undefined) {
      // A page may then send its request, and read that there is nothing here.
      if (requested) return c.body(null, 204, preflight(c, everyMethod))
      return problemResponse(c, new ApiError('route.not_found'))
    }
    c.set('route', first[0].path) // for log, metrics and traces
    const allowed = allowedMethods(matches.map(([{ method }]) => method))
    const headers = { Allow: allowed.join(', ') }
    if (c.req.method !== 'OPTIONS')
      return problemResponse(c, new ApiError('route.method_not_allowed', { headers }))
    // RFC 5789, section 3.1: what PATCH takes is said here.
    const patch = allowed.includes('PATCH') ? { 'Accept-Patch': 'application/json' } : {}
    return c.body(null, 204, { ...headers, ...patch, ...(requested && preflight(c, allowed)) })
  }
}

/** The method that a preflight asks for (Fetch standard, CORS-preflight request); undefined of another request. */
function preflightOf({ req }: Context): string | undefined {
  const isPreflight = req.method === 'OPTIONS' && req.header('Origin') !== undefined
  return isPreflight ? req.header('Access-Control-Request-Method') : undefined
}

const everyMethod = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']

/** What is said to a page of CORS_ORIGINS; nothing to others, whose browsers then refuse. */
function preflight(c: Context, methods: readonly string[]): Record<string, string> {
  if (!('Access-Control-Allow-Origin' in (c.get('headers') ?? {}))) return {}
  return preflightHeaders(c.req.header('Access-Control-Request-Headers'), methods)
}

function allowedMethods(routed: readonly string[]): string[] {
  const methods = new Set([...routed, 'OPTIONS'])
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}
