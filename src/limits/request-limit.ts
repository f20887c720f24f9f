import type { AppCheck } from '../api/context.ts'
import { policyHeader, remainingHeader } from '../api/limit-headers.ts'
import type { Policy } from '../api/limit-policies.ts'
import { ApiError } from '../errors/api-error.ts'
import { sourceOf } from './limit-keys.ts'
import { windowCounter } from './window-counter.ts'

/**
 * Limits the requests of each address in a window; then 429 (RFC 6585, section 4). Counts in the memory of this
 * process, so that no request costs a query: with several processes the limit is several times as high.
 */
export function requestLimit(policy: Policy): AppCheck {
  const count = windowCounter(policy)
  const policyText = policyHeader([policy])
  return (c) => {
    const { left, seconds } = count(sourceOf(c), c.var.deps.now())
    c.var.headers['RateLimit-Policy'] = policyText
    c.var.headers.RateLimit = remainingHeader([{ name: policy.name, left, seconds }])
    if (left < 0) {
      c.get('deps').metrics?.recorder?.limited(policy.name)
      throw new ApiError('request.too_many', { headers: { 'Retry-After': String(seconds) } })
    }
  }
}
