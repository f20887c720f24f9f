import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { drizzle } from 'drizzle-orm/pglite'
import type { EmbeddedHandle } from '../../src/db/embedded/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { templatePath } from './data-folder.ts'

const create = (loadDataDir?: Blob) =>
  PGlite.create({
    dataDir: 'memory://',
    extensions: { pg_trgm },
    ...(loadDataDir && { loadDataDir }),
  })

/**
 * An empty database in memory with tables. Creating one takes PGlite seconds of CPU, loading a snapshot much less.
 * The snapshot is created once for these migrations and this user, and stored in the temporary folder.
 */
export async function openSnapshot(): Promise<PGlite> {
  const path = `${templatePath()}.tar`
  if (!existsSync(path)) await write(path)
  return create(new Blob([readFileSync(path)]))
}

async function write(path: string): Promise<void> {
  const pglite = await create()
  const db = drizzle({ client: pglite })
  const handle: EmbeddedHandle = {
    kind: 'embedded',
    description: 'template',
    connect: () => db,
    script: async (text) => (await pglite.exec(text)).at(-1)?.rows ?? [],
    close: () => pglite.close(),
  }
  await migrate({ handle })
  const dump = await pglite.dumpDataDir('none')
  await pglite.close()
  // Renamed when it is complete, because other test processes may read it at the same time.
  const partialFile = `${path}-${process.pid}`
  writeFileSync(partialFile, new Uint8Array(await dump.arrayBuffer()), { mode: 0o600 })
  renameSync(partialFile, path)
}
