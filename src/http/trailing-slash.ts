import type { Context } from 'hono'

/**
 * The address without trailing slashes, with the query, for GET and HEAD; undefined for every other request. It has no
 * host: links are never built from the Host header.
 */
export function withoutSlash({ req }: Context): string | undefined {
  if (!['GET', 'HEAD'].includes(req.method) || !req.path.endsWith('/')) return undefined
  return req.path.replace(/\/+$/, '') + new URL(req.url).search
}
