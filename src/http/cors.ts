import type { RequestCheck } from './check.ts'
import { addVary } from './vary.ts'

const exposed =
  'Accept, Accept-Encoding, Accept-Patch, Allow, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id'

/** The headers that let a page of one of these origins read a response; for any other origin only `Vary`. */
export function corsHeaders(origins: readonly string[], origin: string | undefined): Record<string, string> {
  if (origins.length === 0) return {}
  if (!origin || !origins.includes(origin)) return { Vary: 'Origin' }
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers': exposed,
  }
}

/**
 * Lets pages of these origins call the API and read its responses, errors included (Fetch standard, CORS protocol).
 * `unknown-route.ts` serves the preflights, since it knows the methods of each path. Not Hono's `cors`: it removes
 * headers that routes have set.
 */
export function allowOrigins(origins: readonly string[]): RequestCheck {
  return (c) => {
    const headers = c.get('headers')
    const { Vary = '', ...others } = corsHeaders(origins, c.req.header('Origin'))
    Object.assign(headers, others)
    addVary(headers, Vary)
  }
}

/** The headers of the response to a preflight. */
export function preflightHeaders(
  requestedHeaders: string | undefined,
  methods: readonly string[],
): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Max-Age': '600',
    ...(requestedHeaders && { 'Access-Control-Allow-Headers': requestedHeaders }),
  }
}
