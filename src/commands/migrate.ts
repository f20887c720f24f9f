import type { Config } from '../config.ts'
import { openEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { warnOfParameters } from '../db/postgres/warn-of-parameters.ts'

/** Brings the tables to this version; `start` does the same. */
export async function migrateDatabase(config: Config): Promise<void> {
  warnOfParameters(config.DATABASE_URL, {
    warn: ({ ignored = [] }, message) => process.stderr.write(`${message}: ${ignored.join(', ')}\n`),
  })
  const applied = config.DATABASE_URL
    ? await migrate({ url: config.DATABASE_URL })
    : await migrateEmbedded(config)
  const what = applied.applied === 1 ? 'one migration was' : `${applied.applied} migrations were`
  process.stdout.write(applied.applied === 0 ? 'The tables are up to date.\n' : `Done: ${what} applied.\n`)
}

async function migrateEmbedded(config: Config) {
  const handle = await openEmbedded({ folder: config.DATA_DIR, timeout: config.DATABASE_TIMEOUT * 1000 })
  try {
    return await migrate({ handle })
  } finally {
    await handle.close()
  }
}
