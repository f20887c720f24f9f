import type { Context } from 'hono'
import type { AppEnv } from '../api/context.ts'

/** Looks at a request before its handler does; what refuses it is thrown. */
export type Check = (c: Context<AppEnv>) => void | Promise<void>

/** One after the other; waits for those alone that have something to wait for. */
export async function runChecks(checks: readonly Check[], c: Context<AppEnv>): Promise<void> {
  for (const check of checks) {
    const waiting = check(c)
    if (waiting) await waiting
  }
}
