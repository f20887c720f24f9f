import type { Config } from './config.ts'
import type { Logger } from './context.ts'
import type { DatabaseHandle } from './db/client.ts'
import { describeError } from './errors.ts'
import { sweep } from './sweep.ts'

/** An hour, in milliseconds. */
const sweepEvery = 3_600_000

interface SweepOptions {
  config: Config
  log: Logger
}

/** Sweeps the database every hour, until the function that it gives is called. */
export function sweepHourly({ config, log }: SweepOptions, database: DatabaseHandle): () => void {
  const sweepNow = async () => {
    try {
      log.debug({ deleted: await sweep(database.connect('slow'), config) }, 'swept')
    } catch (error) {
      log.warn({ error: describeError(error) }, 'sweeping failed; it is tried again in an hour')
    }
  }
  const timer = setInterval(sweepNow, sweepEvery).unref()
  return () => clearInterval(timer)
}
