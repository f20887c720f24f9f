import { type Database, poolOf } from '../database.ts'

/**
 * Lets concurrent calls with one key share the work of the first call, for example the newest posts of a busy server:
 *
 *     const pageInFlight = singleFlight<Page>()
 *     const page = await pageInFlight(db, key, () => query(db))
 *
 * The work starts at the end of the tick of the event loop, and a later call starts its own: no result is older than
 * its call. Use it only for public data that callers do not modify. The key must contain everything that `work` depends
 * on; nothing else separates the results of different callers. In traces and logs, the work belongs to the first
 * caller. On Workers, where no request may wait for another's work, each request has its own pool.
 */
export function singleFlight<Result>(): (
  db: Database,
  key: string,
  work: () => Promise<Result>,
) => Promise<Result> {
  const flights = new WeakMap<object, Map<string, Promise<Result>>>()
  return (db, key, work) => {
    const pool = poolOf(db)
    const byKey = flights.get(pool) ?? new Map<string, Promise<Result>>()
    flights.set(pool, byKey)
    const flight = byKey.get(key) ?? startAtEndOfTick()
    byKey.set(key, flight)
    return flight

    async function startAtEndOfTick() {
      await endOfTick()
      byKey.delete(key)
      return work()
    }
  }
}

function endOfTick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
