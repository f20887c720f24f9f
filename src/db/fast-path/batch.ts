import DataLoader from 'dataloader'
import type { Database } from '../database.ts'
import { isRefused } from '../errors.ts'
import { maxBatch } from '../postgres/pool.ts'

/**
 * Lets all who want something of one kind in one turn of the event loop share one query, which `run` sends; it gives
 * the result of each item in the items' order. Where the server refuses it, since one of them is at fault, each is run
 * by itself. All wait as long as the slowest of them, and in traces the query belongs to who came first.
 */
export function batched<Item, Result>(
  run: (db: Database, items: readonly Item[]) => Promise<Result[]>,
): (db: Database, item: Item) => Promise<Result> {
  const loaders = new WeakMap<Database, DataLoader<Item, Result>>()
  return (db, item) => {
    let loader = loaders.get(db)
    if (loader === undefined) {
      loader = new DataLoader((items) => runAll(db, items), {
        cache: false,
        maxBatchSize: maxBatch,
        // Called by the name alone: workerd refuses it as a method.
        batchScheduleFn: (send) => setImmediate(send),
      })
      loaders.set(db, loader)
    }
    return loader.load(item)
  }

  async function runAll(db: Database, items: readonly Item[]): Promise<(Result | Error)[]> {
    try {
      return await run(db, items)
    } catch (error) {
      if (items.length === 1 || !isRefused(error)) throw error
      return Promise.all(items.map((item) => runAlone(db, item)))
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
