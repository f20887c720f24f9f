import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { AppContext } from '../api/context.ts'
import { namespace } from '../api/namespace.ts'
import { withoutScheme } from '../auth/tokens/credentials.ts'
import { ApiError } from '../errors/api-error.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'

const MetricsText = z.string().openapi({
  description: 'The text format of Prometheus, version 0.0.4.',
  minLength: 1,
  maxLength: 10_000_000,
  pattern: '^#[\\s\\S]*$',
  example: '# TYPE http_requests_in_flight gauge\nhttp_requests_in_flight 1\n',
})

const read = namespace('Service').route({
  operationId: 'readMetrics',
  method: 'get',
  path: '/metrics',
  summary: 'Metrics',
  description:
    'For Prometheus. Whoever runs the server sets `METRICS_TOKEN` and gives it to Prometheus; without it they are for the machine of the server alone and, in production, for nobody.',
  security: [{ metricsToken: [] }, {}],
  responses: {
    200: {
      description: 'What was measured since the start.',
      headers: headerReferences(),
      content: { 'text/plain': { schema: MetricsText } },
    },
  },
  problems: ['auth.token_missing', 'auth.token_invalid', 'route.not_found'],
  usesDatabase: false,
  ignoresQuery: true,
})

export const metricsRoutes = createRouter().openapi(read, async (c) => {
  const { metrics } = c.get('deps')
  if (!metrics) throw new ApiError('route.not_found', { detail: 'This server has no metrics.' })
  requireAccess(c)
  const text = await metrics.read()
  return c.text(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
})

/** Checks the token for metrics. @throws ApiError 401 without the token; 404 if none is configured */
function requireAccess(c: AppContext): void {
  const { METRICS_TOKEN, NODE_ENV } = c.get('deps').config
  if (METRICS_TOKEN === undefined) {
    if (NODE_ENV !== 'production' && isFromThisMachine(c)) return
    throw new ApiError('route.not_found', {
      detail: 'Metrics are not shown: METRICS_TOKEN is not set on this server.',
    })
  }
  const token = withoutScheme(c.req.header('Authorization') ?? '')
  if (!token)
    throw new ApiError('auth.token_missing', { detail: 'This operation needs the token for metrics.' })
  if (!isSame(token, METRICS_TOKEN))
    throw new ApiError('auth.token_invalid', { detail: 'This is not the token for metrics.' })
}

const loopback = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/

/** Whether the request comes from this machine directly, not through a proxy on it. */
function isFromThisMachine(c: AppContext): boolean {
  const proxied = ['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'Via'].some((name) => c.req.header(name))
  return !proxied && loopback.test(c.get('deps').peerAddress(c) ?? '')
}

/** Compares hashes of equal length, so that the time reveals nothing about the token. */
function isSame(given: string, expected: string): boolean {
  const hashOf = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashOf(given), hashOf(expected))
}
