import type { Config } from '../../config/config.ts'
import type { Database } from '../../db/database.ts'
import { openDatabase } from '../../node/open-database.ts'

/** Minimum query deadline in seconds: no client waits here, and a slow disk must not stop the import. */
const minTimeout = 60

/** Opens the database with a long deadline, runs the task, and closes the database. */
export async function withSlowDatabase<T>(config: Config, run: (db: Database) => Promise<T>): Promise<T> {
  const timeout = Math.max(config.DATABASE_TIMEOUT, minTimeout)
  const database = await openDatabase({ ...config, DATABASE_TIMEOUT: timeout })
  try {
    return await run(database.connect('write'))
  } finally {
    await database.close()
  }
}
