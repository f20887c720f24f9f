import type { Policy } from './limit-policies.ts'

// Syntax: draft-ietf-httpapi-ratelimit-headers-11, which uses lists of strings with parameters (RFC 9651).

/** RateLimit-Policy (section 3): quota and window, in seconds, of each policy. */
export function policyHeader(policies: readonly Policy[]): string {
  return policies.map(({ name, quota, window }) => `"${name}";q=${quota};w=${Math.ceil(window)}`).join(', ')
}

export interface Remaining {
  name: string
  /** Remaining attempts. */
  left: number
  /** Seconds until the quota is full again. */
  seconds: number
}

/** RateLimit (section 4): the attempts that each policy has left. */
export function remainingHeader(policies: readonly Remaining[]): string {
  return policies
    .map(({ name, left, seconds }) => `"${name}";r=${Math.max(0, left)};t=${Math.max(0, Math.ceil(seconds))}`)
    .join(', ')
}

/** Both headers are lists: the limit on all requests, if there is one, stays in them. */
export function withRequests(requests: string | undefined, ofRoute: string): string {
  return requests ? `${requests}, ${ofRoute}` : ofRoute
}
