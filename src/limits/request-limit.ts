import type { AppCheck } from '../api/context.ts'
import { policyHeader, remainingHeader } from '../api/limit-headers.ts'
import type { Policy } from '../api/limit-policies.ts'
import { ApiError } from '../errors/api-error.ts'
import { sourceOf } from './limit-keys.ts'

/** The limit on counted addresses. Beyond it, the oldest windows are dropped first. */
const maxAddresses = 100_000

/**
 * Limits the requests of each address in a window; then 429 (RFC 6585, section 4). Counts in the memory of this
 * process, so that no request costs a query: with several processes the limit is several times as high.
 */
export function requestLimit(policy: Policy): AppCheck {
  const windows = new Map<string, { used: number; endsAt: number }>()
  const policyText = policyHeader([policy])
  return (c) => {
    const now = c.var.deps.now()
    const source = sourceOf(c)
    let window = windows.get(source)
    if (!window || window.endsAt <= now) {
      windows.delete(source) // moves the address to the end of the queue
      window = { used: 0, endsAt: now + policy.window * 1000 }
      windows.set(source, window)
      if (windows.size > maxAddresses) windows.delete(windows.keys().next().value ?? source)
    }
    window.used++
    const seconds = Math.ceil((window.endsAt - now) / 1000)
    const left = remainingHeader([{ name: policy.name, left: policy.quota - window.used, seconds }])
    c.var.headers['RateLimit-Policy'] = policyText
    c.var.headers.RateLimit = left
    if (window.used > policy.quota) {
      c.get('deps').metrics?.recorder?.limited(policy.name)
      throw new ApiError('request.too_many', { headers: { 'Retry-After': String(seconds) } })
    }
  }
}
