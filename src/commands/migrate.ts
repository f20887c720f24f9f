import type { Config } from '../config.ts'
import { openPostgres } from '../db/client.ts'
import { openEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { fillSkeletons } from '../users/fill-skeletons.ts'

/** Brings the tables to this version; `start` does the same. */
export async function migrateDatabase(config: Config): Promise<void> {
  const applied = config.DATABASE_URL
    ? await migrateServer(config.DATABASE_URL, config)
    : await migrateEmbedded(config)
  const what = applied.applied === 1 ? 'one migration was' : `${applied.applied} migrations were`
  process.stdout.write(applied.applied === 0 ? 'The tables are up to date.\n' : `Done: ${what} applied.\n`)
}

async function migrateServer(url: string, config: Config) {
  const result = await migrate({ url })
  const handle = openPostgres({ url, connections: 1, timeout: config.DATABASE_TIMEOUT * 1000 })
  try {
    await fillSkeletons(handle.connect('write'))
    return result
  } finally {
    await handle.close()
  }
}

async function migrateEmbedded(config: Config) {
  const handle = await openEmbedded({ folder: config.DATA_DIR, timeout: config.DATABASE_TIMEOUT * 1000 })
  try {
    const result = await migrate({ handle })
    await fillSkeletons(handle.connect('write'))
    return result
  } finally {
    await handle.close()
  }
}
