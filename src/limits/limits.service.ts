import type { Policy } from '../api/limit-policies.ts'
import type { Database } from '../db/database.ts'
import { mostCounters, settleQuery, takeQuery } from './limits.queries.ts'

// Not rate-limiter-flexible: its store for Drizzle reads and then writes, in an interactive transaction without a
// lock, so that guesses at the same moment are lost; and it takes one counter a call.

/** Something that tries are counted of. */
export interface Counter {
  key: string
  policy: Policy
  /** Whether it is settled afterwards if the try counts; until then it is one under way. */
  isSettled: boolean
  /** Not told to the client before it refuses: it says something of what others do. */
  isHidden?: boolean
  /**
   * Seconds. With it, tries beyond the quota are not refused until the window ends but must wait after one
   * another, for a second and then twice as long each time, until the wait is this long.
   */
  longestWait?: number
  /** While this key is remembered the counter is left out. */
  unless?: string
}

/** What became of one counter of a try. */
export interface Count {
  counter: Counter
  isTaken: boolean
  used: number
  pending: number
  /** Seconds until the next try may be made; 0 or less if it may now. */
  freeIn: number
  /** Seconds until all is forgotten. */
  resetsIn: number
}

/**
 * Takes a try of all these counters, or of none if one of them has none left: before the slow work that the
 * try is about, so that tries at the same moment cannot slip through together. Only in a race for the very
 * last try can some be taken and others not. Deletes a few expired rows as well, more than it adds, so that
 * the table stays as small as its live rows even where no timer sweeps it.
 */
export async function takeTry(db: Database, counters: readonly Counter[], now: number): Promise<Count[]> {
  refuseMoreThan(mostCounters, counters)
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

/** What becomes of the tries that were taken, by key. */
export interface Settlement {
  /** They count. */
  spent?: readonly string[]
  /** They never were. */
  back?: readonly string[]
  /** They never were, and all before them are forgotten. */
  cleared?: readonly string[]
  remembered?: { key: string; seconds: number } | undefined
}

/** Ends a try. @see Settlement */
export async function settleTry(db: Database, settlement: Settlement, now: number): Promise<void> {
  const { spent = [], back = [], cleared = [], remembered } = settlement
  const done = [
    ...spent.map((key) => ({ key, back: 0, clear: false })),
    ...back.map((key) => ({ key, back: 1, clear: false })),
    ...cleared.map((key) => ({ key, back: 1, clear: true })),
  ]
  refuseMoreThan(mostCounters, done)
  await settleQuery(db).execute({
    done: JSON.stringify(done),
    now: iso(now),
    remembered: remembered?.key ?? null,
    until: iso(now + (remembered?.seconds ?? 0) * 1000),
  })
}

/** The statements read so many rows at most; a counter beyond them would be a limit that nobody is held to. */
function refuseMoreThan(most: number, counters: readonly unknown[]): void {
  if (counters.length > most) throw new RangeError(`${counters.length} counters; a statement takes ${most}.`)
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()
