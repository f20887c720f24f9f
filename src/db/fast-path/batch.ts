import DataLoader from 'dataloader'
import { type Database, poolOf } from '../database.ts'
import { isRefused } from '../errors.ts'

/** How many items share a statement, at most. */
export const maxBatch = 16

interface Wanted<Item> {
  db: Database
  item: Item
}

/**
 * Lets all calls of one tick of the event loop share a statement, which `run` sends on the connection of the first of
 * them; it gives the result of each item in the items' order. Where the server refuses it, since one item is at fault,
 * each is run by itself. All wait as long as the slowest of them, and in traces the query belongs to the first caller.
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
        // Called by the name alone: workerd refuses it as a method.
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
      return results[0] as Result // which may well be undefined
    } catch (error) {
      return error instanceof Error ? error : new Error('The query failed.', { cause: error })
    }
  }
}
