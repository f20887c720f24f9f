import type { Check } from './check.ts'

const exposed =
  'Allow, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id'

/**
 * Lets pages of these origins call the API and read its answers (Fetch standard, CORS protocol). Every
 * answer carries the headers, errors too. Preflights are answered by `unknown-route.ts`, which knows the
 * methods of each address. Hono's `cors` would take the headers that routes set themselves from their answers.
 */
export function allowOrigins(origins: readonly string[]): Check {
  return (c) => {
    const headers = c.get('headers')
    headers.Vary = 'Origin'
    const origin = c.req.header('Origin')
    if (origin && origins.includes(origin)) {
      headers['Access-Control-Allow-Origin'] = origin
      headers['Access-Control-Allow-Credentials'] = 'true'
      headers['Access-Control-Expose-Headers'] = exposed
    }
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
