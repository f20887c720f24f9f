import type { AppContext } from '../api/context.ts'
import { remainingHeader, withRequests } from '../api/limit-headers.ts'
import { type LimitName, limitsOfRoutes } from '../api/limit-policies.ts'
import { ApiError } from '../errors/api-error.ts'
import { problems } from '../errors/problems.ts'
import {
  type Counter,
  type CounterState,
  type Settlement,
  settleAttempt,
  takeAttempt,
} from './limits.service.ts'

/**
 * Whether this request is counted: false with RATE_LIMIT=off.
 * @throws Error when the route does not declare the limit
 */
export function isLimited(c: AppContext, name: LimitName): boolean {
  if (c.var.limit !== name) throw new Error(`A route with this limit declares it: limit: '${name}'.`)
  return c.var.deps.config.RATE_LIMIT === 'on'
}

/** One attempt of a request at something limited, such as a log-in. */
export interface Attempt {
  counts: readonly CounterState[]
  /** Records the outcome, in the table and in the header RateLimit. */
  settle(settlement: Settlement): Promise<void>
}

/**
 * Takes an attempt from each counter, before the work that it limits.
 * @throws ApiError 429 with Retry-After if none is left
 */
export async function beginAttempt(c: AppContext, counters: readonly Counter[]): Promise<Attempt> {
  const { db, deps } = c.var
  const counts = await takeAttempt(db, counters, deps.now())
  if (counts.some(({ isTaken }) => !isTaken)) return refuse(c, counts)
  showCounts(c, counts)
  return {
    counts,
    settle: async (settlement) => {
      await settleAttempt(db, settlement, deps.now())
      showCounts(c, counts, settlement)
    },
  }
}

/**
 * Whether an error tells the client that its guess was wrong, and so counts as a failure. After any other error, such
 * as an invalid value or a lost database connection, the attempt is given back.
 */
export function isFailedGuess(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 409].includes(problems[error.code].status)
}

async function refuse(c: AppContext, counts: readonly CounterState[]): Promise<never> {
  const { db, deps, limit } = c.var
  const taken = counts.filter(({ isTaken }) => isTaken).map(({ counter }) => counter.key)
  if (taken.length > 0) await settleAttempt(db, { back: taken }, deps.now())
  const notTaken = counts.filter(({ isTaken }) => !isTaken)
  const exhausted = notTaken.filter(({ freeIn }) => freeIn > 0)
  const waits = new Map<string, number>()
  for (const count of exhausted.length > 0 ? exhausted : notTaken) {
    const { name } = count.counter.policy
    waits.set(name, Math.max(waits.get(name) ?? 1, Math.ceil(waitOf(count))))
  }
  for (const name of waits.keys()) deps.metrics?.recorder?.limited(name)
  const remaining = [...waits].map(([name, seconds]) => ({ name, left: 0, seconds }))
  c.header('RateLimit', withRequests(c.var.headers.RateLimit, remainingHeader(remaining)))
  const seconds = Math.max(...waits.values())
  throw new ApiError(limit ? limitsOfRoutes[limit].problem : 'request.too_many', {
    detail: `Too many tries. The next is possible in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    headers: { 'Retry-After': String(seconds) },
  })
}

/** The quota may be used up only by attempts that are still running. Then it may be free again within a second. */
function waitOf({ counter, used, pending, freeIn }: CounterState): number {
  const isExhausted = counter.longestWait !== undefined || used - pending >= counter.policy.quota
  return isExhausted ? freeIn : Math.min(freeIn, 1)
}

function showCounts(
  c: AppContext,
  counts: readonly CounterState[],
  { back = [], cleared = [] }: Settlement = {},
) {
  const shown = counts.filter(({ counter }) => !counter.isHidden)
  const remaining = shown.map(({ counter: { key, policy }, used, resetsIn }) =>
    cleared.includes(key)
      ? { name: policy.name, left: policy.quota, seconds: policy.window }
      : {
          name: policy.name,
          left: policy.quota - used + (back.includes(key) ? 1 : 0),
          seconds: resetsIn,
        },
  )
  c.header('RateLimit', withRequests(c.var.headers.RateLimit, remainingHeader(remaining)))
}
