import type { Deps } from '../api/context.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { createDeps } from '../node/deps.ts'
import { openDatabase } from '../node/open-database.ts'

/** Opens the database and the dependencies of a command, runs it, and closes them. */
export async function withDeps<T>(config: Config, run: (db: Database, deps: Deps) => Promise<T>): Promise<T> {
  const database = await openDatabase(config)
  try {
    const { deps, close } = await createDeps(config, database)
    try {
      return await run(database.connect('write'), deps)
    } finally {
      await close()
    }
  } finally {
    await database.close()
  }
}
