import type { Policy } from '../api/limit-policies.ts'
import type { Database } from '../db/database.ts'
import { maxCounters, settleQuery, takeQuery } from './limits.queries.ts'

// Not rate-limiter-flexible: its Drizzle store reads and then writes without a lock, so it loses concurrent attempts,
// and each call takes only one counter.

/** A counter of attempts, such as failed log-ins from one address. */
export interface Counter {
  key: string
  policy: Policy
  /** Whether the outcome of an attempt is recorded later; until then the attempt is pending. */
  isSettled: boolean
  /** True if RateLimit must not show it, because it would reveal what other clients do. */
  isHidden?: boolean
  /**
   * Seconds. With it, attempts beyond the quota are not refused until the window ends. Instead each must wait: first a
   * second, then twice as long each time, up to this limit.
   */
  longestWait?: number
  /** While this key is stored, the counter is left out. */
  unless?: string
}

/** The state of one counter after an attempt. */
export interface CounterState {
  counter: Counter
  isTaken: boolean
  used: number
  pending: number
  /** Seconds until the next attempt is allowed; 0 or less if it is allowed now. */
  freeIn: number
  /** Seconds until the window ends. */
  resetsIn: number
}

/**
 * Takes an attempt from all these counters, or from none if one of them is exhausted. It comes before the slow work,
 * such as hashing a password, so that concurrent attempts cannot exceed the quota. Only if two requests compete for the
 * last attempt can some counters be taken and others not.
 *
 * It also deletes a few expired rows, more than it adds, so that the table stays small even without the hourly cleanup.
 */
export async function takeAttempt(
  db: Database,
  counters: readonly Counter[],
  now: number,
): Promise<CounterState[]> {
  refuseMoreThan(maxCounters, counters)
  const wanted = counters.map(({ key, policy, isSettled, longestWait, unless }) => ({
    key,
    quota: policy.quota,
    span: policy.window,
    pending: isSettled ? 1 : 0,
    wait: longestWait,
    unless,
  }))
  const rows = await takeQuery(db).execute({ wanted: JSON.stringify(wanted), now: iso(now) })
  return counters.flatMap((counter) => {
    const row = rows.find(({ key }) => key === counter.key)
    return row ? { counter, ...row } : []
  })
}

/** The outcome of attempts, by counter key. */
export interface Settlement {
  /** Keys whose attempt counts. */
  spent?: readonly string[]
  /** Keys whose attempt is given back. */
  back?: readonly string[]
  /** Keys whose attempt is given back and whose counter starts again at zero. */
  cleared?: readonly string[]
  remembered?: { key: string; seconds: number } | undefined
}

/** Records the outcome of an attempt. @see Settlement */
export async function settleAttempt(db: Database, settlement: Settlement, now: number): Promise<void> {
  const { spent = [], back = [], cleared = [], remembered } = settlement
  const done = [
    ...spent.map((key) => ({ key, back: 0, clear: false })),
    ...back.map((key) => ({ key, back: 1, clear: false })),
    ...cleared.map((key) => ({ key, back: 1, clear: true })),
  ]
  refuseMoreThan(maxCounters, done)
  await settleQuery(db).execute({
    done: JSON.stringify(done),
    now: iso(now),
    remembered: remembered?.key ?? null,
    until: iso(now + (remembered?.seconds ?? 0) * 1000),
  })
}

/** The maximum number of counters that a statement reads. A counter beyond it would have no effect. */
function refuseMoreThan(max: number, counters: readonly unknown[]): void {
  if (counters.length > max) throw new RangeError(`${counters.length} counters; a statement takes ${max}.`)
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()
