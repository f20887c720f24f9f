import type { Config } from '../config/config.ts'
import { type DatabaseHandle, openPostgres } from '../db/database.ts'
import { openEmbedded } from '../db/embedded/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { fillSkeletons } from '../users/fill-skeletons.ts'
import type { Tracing } from './tracing/tracing.ts'

/** Opens the configured database and migrates its tables. */
export async function openDatabase(config: Config, tracing?: Tracing): Promise<DatabaseHandle> {
  if (!config.DATABASE_URL) {
    const timeout = config.DATABASE_TIMEOUT * 1000
    const handle = await openEmbedded({ folder: config.DATA_DIR, timeout, observe: tracing?.query })
    await migrate({ handle })
    await fillSkeletons(handle.connect('write'))
    return handle
  }
  await migrate({ url: config.DATABASE_URL })
  const handle = openServer(config, tracing)
  await fillSkeletons(handle.connect('write'))
  return handle
}

/** A PostgreSQL server with migrated tables. Connects at the first query. */
export function openServer(config: Config, tracing?: Tracing): DatabaseHandle {
  const { DATABASE_URL: url = '', DATABASE_POOL: connections, DATABASE_TIMEOUT } = config
  return openPostgres({ url, connections, timeout: DATABASE_TIMEOUT * 1000, observe: tracing?.query })
}

/** For messages, without user and password. */
export function describeDatabase({ kind, description }: DatabaseHandle): string {
  return `${kind === 'embedded' ? 'embedded PostgreSQL in' : 'PostgreSQL at'} ${description}`
}
