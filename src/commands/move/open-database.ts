import type { Config } from '../../config/config.ts'
import type { Database } from '../../db/database.ts'
import { openDatabase } from '../../node/open-database.ts'

/** Seconds that a batch may take at least: nobody waits for an answer here, and a slow disk must not end a move. */
const patience = 60

/** Runs something that moves much on the database, and closes it again. */
export async function withPatientDatabase<T>(config: Config, run: (db: Database) => Promise<T>): Promise<T> {
  const timeout = Math.max(config.DATABASE_TIMEOUT, patience)
  const database = await openDatabase({ ...config, DATABASE_TIMEOUT: timeout })
  try {
    return await run(database.connect('write'))
  } finally {
    await database.close()
  }
}
