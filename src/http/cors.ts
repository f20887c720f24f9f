import type { Check } from './check.ts'
import { addVary } from './vary.ts'

const exposed =
  'Accept, Accept-Encoding, Accept-Patch, Allow, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id'

/** The headers that let a page of one of these origins read a response; only `Vary` for any other origin. */
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
 * Lets pages of these origins call the API and read its answers (Fetch standard, CORS protocol). Every
 * answer carries the headers, errors too. Preflights are answered by `unknown-route.ts`, which knows the
 * methods of each address. Hono's `cors` would take the headers that routes set themselves from their answers.
 */
export function allowOrigins(origins: readonly string[]): Check {
  return (c) => {
    const headers = c.get('headers')
    const { Vary = '', ...others } = corsHeaders(origins, c.req.header('Origin'))
    Object.assign(headers, others)
    addVary(headers, Vary)
  }
}

/** The headers of the answer to a preflight. */
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
