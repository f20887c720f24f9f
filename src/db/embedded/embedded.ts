import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { PGlite, QueryOptions } from '@electric-sql/pglite'
import type { Database, DatabaseHandle, DatabaseStats } from '../database.ts'
import { withDeadline } from '../deadline.ts'
import { DatabaseTimeoutError, DataFolderError } from '../errors.ts'
import type { QueryObserver } from '../postgres/connection.ts'
import { refuseTransaction } from '../refuse-transaction.ts'
import { lockDataFolder, unusableFolder } from './data-folder-lock.ts'
import { createFiles, type PgliteProcess, startPglite } from './pglite.ts'

export { DataFolderError }

/** Milliseconds between attempts to restart a database that has stopped. */
const RESTART_PAUSE = 2000

/** The name under which `gatepost restore` keeps the old database until the new one is in place. */
export const replaced = 'postgres.replaced'

/** Milliseconds of queries without a break. After that, the event loop runs its other tasks. */
const BURST = 10

/** The database in this process. */
export interface EmbeddedHandle extends DatabaseHandle {
  readonly kind: 'embedded'
  /** Runs statements as one transaction without a deadline and returns the rows of the last. For migrations. */
  script(text: string): Promise<Record<string, unknown>[]>
}

interface EmbeddedOptions {
  /** Created if it does not exist, with access for this user only. Only one process at a time can use it. */
  folder: string
  /** Deadline of each query in milliseconds. A query that is still in the queue then is not run. */
  timeout: number
  /** Called at the start of each query. */
  observe?: QueryObserver | undefined
}

/**
 * Opens PGlite, PostgreSQL in this process, on a folder. Committed rows survive `kill -9` but not always a power cut,
 * since PGlite does not wait for the disk. @throws DataFolderError if the folder is in use, cannot be written, or
 * contains files that this PGlite cannot read
 */
export async function openEmbedded({ folder, timeout, observe }: EmbeddedOptions): Promise<EmbeddedHandle> {
  const home = resolve(folder)
  const files = join(home, 'postgres')
  makeFolder(home)
  const lock = await lockDataFolder(home)
  try {
    await initialise(home, files)
    const queue = serialise(await startPglite(files), () => startPglite(files))
    const stats = { connections: 1, waiting: 0, queries: 0, timeouts: 0 }
    const db = await drizzleOn(queue.run, timeout, countQueries(stats, observe))
    let closing: Promise<void> | undefined
    return {
      kind: 'embedded',
      description: home,
      connect: () => db,
      stats: () => ({ ...stats }),
      script: (text) => queue.run(async (pglite) => (await pglite.exec(text)).at(-1)?.rows ?? []),
      close: () => {
        closing ??= queue.close().finally(lock.release)
        return closing
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

type Run = <T>(work: (pglite: PGlite) => Promise<T>) => Promise<T>

/**
 * Runs one query at a time, so that a queued query can still be dropped. Restarts the database after it has stopped:
 * for example, once a full disk has space again.
 */
function serialise(server: PgliteProcess, restart: () => Promise<PgliteProcess>) {
  let current = server
  let restartAt = 0
  let burstEnds = 0
  let isClosed = false
  let last: Promise<unknown> = Promise.resolve()

  async function running() {
    if (isClosed) throw new Error('The embedded database is closed.')
    const failure = current.failure()
    if (failure !== undefined) {
      if (Date.now() < restartAt) throw failure
      restartAt = Date.now() + RESTART_PAUSE
      await current.close()
      current = await restart()
    }
    return current
  }

  /** PGlite runs on this thread, so a queue that never empties would block the event loop. */
  async function yieldToEventLoop() {
    if (performance.now() < burstEnds) return
    await setImmediate()
    burstEnds = performance.now() + BURST
  }

  const run: Run = (work) => {
    const result = last.then(async () => {
      await yieldToEventLoop()
      return (await running()).use(work)
    })
    last = result.catch(() => {})
    return result
  }
  const close = async () => {
    await last
    isClosed = true
    await current.close()
  }
  return { run, close }
}

/** Counts queries and timeouts, and informs the observer. */
function countQueries(stats: DatabaseStats, observe: QueryObserver | undefined): QueryObserver {
  return (text) => {
    const ended = observe?.(text)
    stats.queries++
    stats.waiting++
    return (error) => {
      stats.waiting--
      if (error instanceof DatabaseTimeoutError) stats.timeouts++
      ended?.(error)
    }
  }
}

async function drizzleOn(run: Run, timeout: number, follow: QueryObserver): Promise<Database> {
  const { drizzle } = await import('drizzle-orm/pglite') // loads PGlite
  const query = async (text: string, parameters?: unknown[], options?: QueryOptions) => {
    const ended = follow(text)
    const deadline = performance.now() + timeout
    const work = run(async (pglite) => {
      // The timer may fire late, since PGlite blocks this thread.
      if (performance.now() > deadline) throw new DatabaseTimeoutError(timeout)
      return pglite.query(text, parameters, options)
    })
    try {
      const result = await withDeadline(work, timeout)
      ended()
      return result
    } catch (error) {
      ended(error)
      throw error
    }
  }
  const client = { query, transaction: refuseTransaction }
  return drizzle({ client: client as unknown as PGlite }) // the only parts that Drizzle uses
}

/** Creates the folder, with access for this user only, unless it exists. @throws DataFolderError */
export function makeFolder(home: string): void {
  try {
    makeFolders(home)
  } catch (error) {
    throw unusableFolder(home, error)
  }
}

/** Not the `recursive` option of Node 26: it never returns if nothing can be created, as in /proc. */
function makeFolders(path: string) {
  if (existsSync(path) && statSync(path).isDirectory()) return
  if (dirname(path) !== path) makeFolders(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Creates PostgreSQL's files in another folder and renames it when complete, so that a killed process leaves no
 * incomplete database.
 */
async function initialise(home: string, files: string) {
  const unfinished = `${files}.new`
  try {
    rmSync(unfinished, { recursive: true, force: true })
    if (hasDatabase(files)) return
    if (existsSync(join(home, replaced))) throw interruptedRestore(home)
    await createFiles(unfinished)
    renameSync(unfinished, files)
  } catch (error) {
    throw error instanceof DataFolderError ? error : unusableFolder(home, error)
  }
}

function interruptedRestore(home: string) {
  return new DataFolderError(
    `A restore to ${home} did not come to its end: run it again with --force, or rename ${replaced} to postgres to ` +
      'have the old database back.',
  )
}

function hasDatabase(files: string) {
  if (!existsSync(files) || readdirSync(files).length === 0) return false
  // PGlite would create a new database over the existing files.
  if (existsSync(join(files, 'PG_VERSION'))) return true
  throw new DataFolderError(
    `The folder ${files} is not a database (it has no PG_VERSION): put back a backup, or set DATA_DIR to another folder.`,
  )
}
