import type { Config } from '../config/config.ts'
import type { DatabaseHandle } from '../db/database.ts'
import { openPostgres } from '../db/database.ts'
import { openEmbedded } from '../db/embedded/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { warnOfParameters } from '../db/postgres/warn-of-parameters.ts'
import { countPostsToIndex, indexPosts } from '../posts/search/search-indexing.ts'
import { fillSkeletons } from '../users/fill-skeletons.ts'
import { withProgress } from './progress.ts'

/** Updates tables and search index to this version. `start` does the same, but builds the index while it serves. */
export async function migrateDatabase(config: Config): Promise<void> {
  const timeout = config.DATABASE_TIMEOUT * 1000
  const url = config.DATABASE_URL
  warnOfParameters(url, {
    warn: ({ ignored = [] }, message) => process.stderr.write(`${message}: ${ignored.join(', ')}\n`),
  })
  if (url) {
    report(await migrate({ url }))
    await closing(openPostgres({ url, connections: 1, timeout }), fillDerived)
  } else {
    await closing(await openEmbedded({ folder: config.DATA_DIR, timeout }), async (handle) => {
      report(await migrate({ handle }))
      await fillDerived(handle)
    })
  }
}

function report({ applied }: { applied: number }): void {
  const what = applied === 1 ? 'one migration was' : `${applied} migrations were`
  process.stdout.write(applied === 0 ? 'The tables are up to date.\n' : `Done: ${what} applied.\n`)
}

/** Fills the columns that only the program can compute, such as search words. */
async function fillDerived(handle: DatabaseHandle): Promise<void> {
  await fillSkeletons(handle.connect('write'))
  await indexAll(handle)
}

async function indexAll(handle: DatabaseHandle): Promise<void> {
  const db = handle.connect('search')
  const total = await countPostsToIndex(db)
  if (total === 0) return
  await withProgress('posts to index', total, async (advance) => {
    await indexPosts(db, (count) => {
      advance(count)
      return true
    })
  })
  process.stdout.write(`Indexed ${total} ${total === 1 ? 'post' : 'posts'} for searches.\n`)
}

async function closing<Handle extends DatabaseHandle>(
  handle: Handle,
  work: (handle: Handle) => Promise<void>,
) {
  try {
    await work(handle)
  } finally {
    await handle.close()
  }
}
