import type { HttpContext } from './context.ts'

/** Looks at a request before its handler does; what refuses it is thrown. */
export type RequestCheck<C = HttpContext> = (c: C) => void | Promise<void>

/** One after the other; waits for those alone that have something to wait for. */
export async function runChecks<C>(checks: readonly RequestCheck<C>[], c: C): Promise<void> {
  for (const check of checks) {
    const waiting = check(c)
    if (waiting) await waiting
  }
}
