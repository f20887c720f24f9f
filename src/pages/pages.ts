import { type Context, Hono } from 'hono'
import type { AppEnv } from '../api/context.ts'
import { withoutSlash } from '../http/trailing-slash.ts'
import type { AppFetch } from './parts/web-env.ts'

/**
 * The pages below /app as one route, which loads its code at the first request for a page. The pages call the API by
 * `fetch`, like any other client.
 */
export function pagesRoutes(fetch: AppFetch) {
  const respond = async (c: Context) => {
    const page = withoutSlash(c)
    if (page !== undefined) return c.redirect(page, 308)
    const { webOf } = await import('./web.ts')
    return webOf(fetch).fetch(c.req.raw, { outer: c })
  }
  const routes = new Hono<AppEnv>()
  routes.all('/app', respond)
  routes.all('/app/*', respond)
  return routes
}
