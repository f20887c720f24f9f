import type { Context } from 'hono'

/**
 * The address of the page that is meant, when a GET or HEAD has slashes behind its path, with its query; undefined for
 * every other request. It has no host: links are never built from the Host header.
 */
export function withoutSlash({ req }: Context): string | undefined {
  if (!['GET', 'HEAD'].includes(req.method) || !req.path.endsWith('/')) return undefined
  return req.path.replace(/\/+$/, '') + new URL(req.url).search
}
