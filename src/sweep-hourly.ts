import type { Logger } from './context.ts'
import type { DatabaseHandle } from './db/client.ts'
import { describeError } from './errors.ts'
import { sweep } from './sweep.ts'

/** An hour, in milliseconds. */
const sweepEvery = 3_600_000

/** Sweeps the database every hour, until the function that it gives is called. */
export function sweepHourly(log: Logger, database: DatabaseHandle): () => void {
  const sweepNow = async () => {
    try {
      log.debug(await sweep(database.connect()), 'swept')
    } catch (error) {
      log.warn({ error: describeError(error) }, 'sweeping failed; it is tried again in an hour')
    }
  }
  const timer = setInterval(sweepNow, sweepEvery).unref()
  return () => clearInterval(timer)
}
