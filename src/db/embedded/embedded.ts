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
import { makeFiles, type PgliteProcess, startPglite } from './pglite.ts'

export { DataFolderError }

/** Milliseconds between attempts to start a database again that had to stop. */
const RESTART_PAUSE = 2000

/** Where `gatepost restore` puts the old database until the new one is in its place. */
export const replaced = 'postgres.replaced'

/** Milliseconds that queries may follow each other before everything else gets its turn on this thread. */
const TURN = 10

/** The database inside this process. */
export interface EmbeddedHandle extends DatabaseHandle {
  readonly kind: 'embedded'
  /** Runs statements as one transaction, without a deadline, and answers the rows of the last. For migrations. */
  script(text: string): Promise<Record<string, unknown>[]>
}

interface EmbeddedOptions {
  /** Made, for this user alone, when it is not there. One process at a time can use it. */
  folder: string
  /** Deadline of each query in milliseconds; one that still waits for its turn then is not carried out. */
  timeout: number
  /** Told of each query. */
  observe?: QueryObserver | undefined
}

/**
 * Opens PGlite, PostgreSQL inside this process, on a folder. What it has acknowledged survives `kill -9`, but may be
 * lost with a power cut: PGlite does not wait for the disk. Throws DataFolderError when the folder is in use, cannot
 * be written, or holds what this PGlite cannot read.
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
    const db = await drizzleOn(queue.run, timeout, follower(stats, observe))
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
 * Lets one query at a time through, so that those that wait can still be dropped, and starts the database again when
 * it had to stop: then a disk that was full and has room again needs no restart of this process.
 */
function serialise(server: PgliteProcess, restart: () => Promise<PgliteProcess>) {
  let current = server
  let restartAt = 0
  let turnEnds = 0
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

  /** PGlite itself never waits for anything, so a queue that does not empty would keep requests from being read. */
  async function letOthers() {
    if (performance.now() < turnEnds) return
    await setImmediate()
    turnEnds = performance.now() + TURN
  }

  const run: Run = (work) => {
    const result = last.then(async () => {
      await letOthers()
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

/** Counts what waits and what came too late, and tells who wants to know. */
function follower(stats: DatabaseStats, observe: QueryObserver | undefined): QueryObserver {
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
      // The timer may be late: PGlite works on this very thread.
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
  return drizzle({ client: client as unknown as PGlite }) // all of it that Drizzle uses
}

/** Makes the folder for this user alone, unless it is there. @throws DataFolderError */
export function makeFolder(home: string): void {
  try {
    makeFolders(home)
  } catch (error) {
    throw unusableFolder(home, error)
  }
}

/** Not the `recursive` of Node 26: where nothing can be made, as in /proc, it never returns. */
function makeFolders(path: string) {
  if (existsSync(path) && statSync(path).isDirectory()) return
  if (dirname(path) !== path) makeFolders(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/**
 * Makes PostgreSQL's files beside their place and moves them there when they are complete, so that a process killed
 * meanwhile leaves no half of a database behind.
 */
async function initialise(home: string, files: string) {
  const unfinished = `${files}.new`
  try {
    rmSync(unfinished, { recursive: true, force: true })
    if (isMade(files)) return
    if (existsSync(join(home, replaced))) throw interruptedRestore(home)
    await makeFiles(unfinished)
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

function isMade(files: string) {
  if (!existsSync(files) || readdirSync(files).length === 0) return false
  // PGlite would make a new database over what there is.
  if (existsSync(join(files, 'PG_VERSION'))) return true
  throw new DataFolderError(
    `The folder ${files} is not a database (it has no PG_VERSION): put back a backup, or set DATA_DIR to another folder.`,
  )
}
