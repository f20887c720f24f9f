import type { HttpContext } from './context.ts'

/** Runs before the handler of a request. It throws to refuse the request. */
export type RequestCheck<C = HttpContext> = (c: C) => void | Promise<void>

/** Runs the checks in order. Returns a promise only if a check does, since each await costs a tick. */
export function runChecks<C>(checks: readonly RequestCheck<C>[], c: C, first = 0): void | Promise<void> {
  for (let at = first; at < checks.length; at++) {
    const waiting = checks[at]?.(c)
    if (waiting) return waiting.then(() => runChecks(checks, c, at + 1))
  }
}
