import { type Database, poolOf } from '../database.ts'

/**
 * Lets concurrent calls with one key share the work of the first of them, as most do who want the newest posts of a busy
 * server:
 *
 *     const pageInFlight = singleFlight<Page>()
 *     const page = await pageInFlight(db, key, () => query(db))
 *
 * The work starts when the tick of the event loop has ended, and a call after that starts its own: so no result is older
 * than the call. It is for what everybody may see and nobody changes, and the key must hold all that `work` looks at:
 * it keeps the result of one caller from another. In traces and logs the work belongs to the first caller. On Workers,
 * where no request may wait for the work of another, each request has a pool of its own.
 */
export function singleFlight<Result>(): (
  db: Database,
  key: string,
  work: () => Promise<Result>,
) => Promise<Result> {
  const flights = new WeakMap<object, Map<string, Promise<Result>>>()
  return (db, key, work) => {
    const pool = poolOf(db)
    const inPool = flights.get(pool) ?? new Map<string, Promise<Result>>()
    flights.set(pool, inPool)
    const flight = inPool.get(key) ?? takeOff()
    inPool.set(key, flight)
    return flight

    async function takeOff() {
      await endOfTick()
      inPool.delete(key)
      return work()
    }
  }
}

function endOfTick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
