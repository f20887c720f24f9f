import type { AppCheck } from './context.ts'
import { policyHeader, withRequests } from './limit-headers.ts'
import { type LimitName, limitsOfRoutes } from './limit-policies.ts'

/** Notes the limit that the route's contract declares. The functions of src/limits enforce it. */
export function underLimit(name: LimitName): AppCheck {
  return (c) => {
    const { config } = c.var.deps
    c.set('limit', name)
    if (config.RATE_LIMIT === 'on')
      c.header(
        'RateLimit-Policy',
        withRequests(
          c.var.headers['RateLimit-Policy'],
          policyHeader(Object.values(limitsOfRoutes[name].policies(config))),
        ),
      )
  }
}
