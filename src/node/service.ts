import { recordSigningKey } from '../audit/key-events.ts'
import { importKeys } from '../auth/keys/keys.ts'
import type { Config } from '../config/config.ts'
import { warnOfParameters } from '../db/postgres/warn-of-parameters.ts'
import type { Load } from './bounded-listener.ts'
import { cleanUpHourly } from './cleanup-hourly.ts'
import { createDeps } from './deps.ts'
import { configuredKeys } from './keys/configured-keys.ts'
import type { ProcessMetrics } from './metrics/open-metrics.ts'
import { describeDatabase, openDatabase, openServer } from './open-database.ts'
import { openLog } from './open-log.ts'
import { prepare } from './prepare.ts'

export interface ServiceOptions {
  /** The number of processes that share the address. If there are several, the primary has prepared the database. */
  workers?: number
  /** Returns the metrics of all processes. */
  readAll?: () => Promise<Map<number, ProcessMetrics>>
}

/** Everything that the app needs, opened and prepared. It does not listen. @throws ConfigError, DataFolderError */
export async function openService(
  config: Config,
  { workers = 1, readAll }: ServiceOptions,
  { load }: { load: Load },
) {
  const { log, tracing } = await openLog(config)
  if (workers === 1) warnOfParameters(config.DATABASE_URL, log)
  const database = workers > 1 ? openServer(config, tracing) : await openDatabase(config, tracing)
  try {
    let isStopping = false
    const options = { workers, isStopping: () => isStopping, tracing, log, load, readAll }
    const { deps, metrics, close } = await createDeps(config, database, options)
    if (workers === 1) await prepare(deps, database)
    await metrics.ready()
    const stopCleanup = workers === 1 ? cleanUpHourly(deps, database) : () => {}
    return {
      deps,
      metrics,
      log,
      database: describeDatabase(database),
      reloadKeys: async () => {
        deps.keys = await importKeys(await configuredKeys(config))
        await recordSigningKey(database.connect('write'), deps)
      },
      ownMetrics: metrics.ownMetrics,
      /** Makes /readyz report that the service is stopping. */
      stopping: () => {
        isStopping = true
        stopCleanup()
      },
      close: async () => {
        await close()
        await database.close()
        await tracing?.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
