// Everything that tests import of the inside of src, in one place. It mirrors createDeps() in src/node/deps.ts.
import type { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { ensureFirstAdmin } from '../../src/accounts/first-admin.ts'
import type { Deps } from '../../src/api/context.ts'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import type { DatabaseHandle } from '../../src/db/database.ts'
import type { EmbeddedHandle } from '../../src/db/embedded/embedded.ts'
import { startPglite } from '../../src/db/embedded/pglite.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createDeps } from '../../src/node/deps.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { testSettings } from './settings.ts'

/** The app without a server. */
export interface TestApp {
  fetch(request: Request): Promise<Response>
  close(): Promise<void>
}

/**
 * The app in this process, on a database in memory; `env` adds to the settings of all tests. Apps on the same
 * database are instances of one service. The caller closes a database that it passes.
 */
export async function createTestApp(
  env: Record<string, string> = {},
  overrides: Partial<Deps> = {},
  shared?: DatabaseHandle,
): Promise<TestApp> {
  const config = parseConfig({ ...testSettings, ...env })
  const database = shared ?? (await openTestDatabase())
  if (database.kind === 'embedded') await migrate({ handle: database })
  const { deps, close } = await createDeps(config, database)
  await ensureFirstAdmin(deps, database.connect('write'))
  const app = createApp({ ...deps, ...overrides })
  return {
    fetch: async (request) => app.fetch(request),
    close: async () => {
      await close()
      if (!shared) await database.close()
    },
  }
}

/** A database with tables: the one at this address, or one in memory. */
export async function openTestDatabase(url?: string): Promise<DatabaseHandle> {
  // Seven connections for writes: more than the tests need at the same time.
  if (url) return openDatabase(parseConfig({ ...testSettings, DATABASE_URL: url, DATABASE_POOL: '14' }))
  const { openSnapshot } = await import('./pglite-snapshot.ts')
  const pglite = await openSnapshot()
  return inMemory(pglite, () => pglite.close())
}

/** The embedded database in memory, without deadlines and restarts, which have their own tests. */
export async function openInMemory(): Promise<EmbeddedHandle> {
  const server = await startPglite('memory://')
  return inMemory(await server.use(async (client) => client), server.close)
}

function inMemory(pglite: PGlite, close: () => Promise<void>): EmbeddedHandle {
  const db = drizzle({ client: pglite })
  return {
    kind: 'embedded',
    description: 'memory',
    connect: () => db,
    script: async (text) => (await pglite.exec(text)).at(-1)?.rows ?? [],
    close,
  }
}
