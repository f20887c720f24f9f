import { type Config, ConfigError } from '../../config/config.ts'
import { warnOfParameters } from '../../db/postgres/warn-of-parameters.ts'
import { cleanUpHourly } from '../../node/cleanup-hourly.ts'
import { createDeps } from '../../node/deps.ts'
import { createLog } from '../../node/log.ts'
import { describeDatabase, openDatabase } from '../../node/open-database.ts'
import { prepare } from '../../node/prepare.ts'
import { checkAddress } from '../../node/server.ts'
import { announce } from '../announce.ts'
import { onStopSignals } from '../stop-signals.ts'
import { keepWorkers } from './keep-workers.ts'

/**
 * Runs the service in `count` processes that share one address. The primary prepares the database, replaces dead
 * workers, and runs the hourly cleanup.
 */
export async function runWorkers(config: Config, count: number): Promise<void> {
  if (!config.DATABASE_URL) {
    throw new ConfigError(
      '--workers: the embedded database belongs to one process. Set DATABASE_URL to a PostgreSQL server, or start without --workers.',
    )
  }
  await checkAddress(config) // once for all workers, and to notice another Gatepost on this address
  const log = await createLog(config.LOG_LEVEL)
  warnOfParameters(config.DATABASE_URL, log)
  const database = await openDatabase({ ...config, DATABASE_POOL: 1 })
  const { deps, close } = await createDeps(config, database)
  await prepare(deps, database)
  await close()
  const stopCleanup = cleanUpHourly({ config, log }, database)

  const stopTimeout = (config.SHUTDOWN_TIMEOUT + config.DATABASE_TIMEOUT + 4) * 1000
  const workers = keepWorkers({ count, stopTimeout, log })
  const stop = async () => {
    stopCleanup()
    await workers.stop()
    await database.close()
  }
  onStopSignals({ stop, abort: workers.kill })
  process.on('SIGHUP', () => workers.tell('reload keys'))
  const url = await workers.start()
  announce({ url, database: describeDatabase(database), workers: count })
}
