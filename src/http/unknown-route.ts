import type { NotFoundHandler } from 'hono'
import { TrieRouter } from 'hono/router/trie-router'
import type { AppEnv } from '../context.ts'
import { ApiError, problemResponse } from '../errors.ts'
import { preflightHeaders } from './cors.ts'

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
    const allowed = allowedMethods(matches.map(([{ method }]) => method))
    if (first === undefined) return problemResponse(c, new ApiError('route.not_found'))
    c.set('route', first[0].path) // for log, metrics and traces
    const headers = { Allow: allowed.join(', ') }
    if (c.req.method === 'OPTIONS') {
      const isPreflight =
        'Access-Control-Allow-Origin' in c.get('headers') && c.req.header('Access-Control-Request-Method')
      const more = isPreflight
        ? preflightHeaders(c.req.header('Access-Control-Request-Headers'), allowed)
        : {}
      return c.body(null, 204, { ...headers, ...more })
    }
    return problemResponse(c, new ApiError('route.method_not_allowed', { headers }))
  }
}

function allowedMethods(routed: readonly string[]): string[] {
  const methods = new Set([...routed, 'OPTIONS'])
  if (methods.has('GET')) methods.add('HEAD')
  return [...methods].sort()
}
