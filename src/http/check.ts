import type { HttpContext } from './context.ts'

/** Runs before the handler of a request. It throws to refuse the request. */
export type RequestCheck<C = HttpContext> = (c: C) => void | Promise<void>

/** Runs the checks in order. Awaits only those that return a promise, since each await costs a tick. */
export async function runChecks<C>(checks: readonly RequestCheck<C>[], c: C): Promise<void> {
  for (const check of checks) {
    const waiting = check(c)
    if (waiting) await waiting
  }
}
