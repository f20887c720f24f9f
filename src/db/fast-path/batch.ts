import DataLoader from 'dataloader'
import { type Database, poolOf } from '../database.ts'
import { isRefused } from '../errors.ts'

/** The maximum number of items in a statement. */
export const maxBatch = 16

interface Wanted<Item> {
  db: Database
  item: Item
}

/**
 * Lets all calls in one tick of the event loop share a statement. `run` sends it on the connection of the first call
 * and returns one result per item, in order. If the server refuses it because of one item, each item is run by itself.
 * All calls wait for the whole statement, and in traces the query belongs to the first caller.
 */
export function batch<Item, Result>(
  run: (db: Database, items: readonly Item[]) => Promise<Result[]>,
): (db: Database, item: Item) => Promise<Result> {
  const loaders = new WeakMap<object, DataLoader<Wanted<Item>, Result>>()
  return (db, item) => {
    const pool = poolOf(db)
    let loader = loaders.get(pool)
    if (loader === undefined) {
      loader = new DataLoader((wanted) => runAll(wanted), {
        cache: false,
        maxBatchSize: maxBatch,
        // Called without a receiver: workerd rejects a method call.
        batchScheduleFn: (send) => setImmediate(send),
      })
      loaders.set(pool, loader)
    }
    return loader.load({ db, item })
  }

  async function runAll(wanted: readonly Wanted<Item>[]): Promise<(Result | Error)[]> {
    const [first] = wanted
    if (first === undefined) return []
    const items = wanted.map(({ item }) => item)
    try {
      return await run(first.db, items)
    } catch (error) {
      if (items.length === 1 || !isRefused(error)) throw error
      return Promise.all(items.map((item) => runAlone(first.db, item)))
    }
  }

  async function runAlone(db: Database, item: Item): Promise<Result | Error> {
    try {
      const results = await run(db, [item])
      if (results.length !== 1) throw new Error(`One item has ${results.length} results.`)
      return results[0] as Result // undefined can be a valid result
    } catch (error) {
      return error instanceof Error ? error : new Error('The query failed.', { cause: error })
    }
  }
}
