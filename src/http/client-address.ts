import type { AppContext } from '../context.ts'

/** Stand-in until the limits are merged. */
export function clientAddress(c: AppContext): string {
  return c.var.deps.peerAddress(c) ?? 'unknown'
}
