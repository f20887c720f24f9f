import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { DataFolderError } from '../errors.ts'

const SQLITE_BUSY = 5

/** A lock on the data folder. The kernel releases it when the process ends, for any reason. */
export interface DataFolderLock {
  /** Releases the lock. A second call does nothing. */
  release(): void
}

/**
 * Locks the data folder for this process, because two PGlite processes on one folder destroy each other's rows. The
 * lock is an exclusive transaction on an SQLite file, which the operating system implements: a killed process leaves no
 * lock behind, it works between containers, and reused process ids do not matter. @throws DataFolderError if another
 * process has the lock
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  const { DatabaseSync } = await import('node:sqlite')
  // Nothing else may open this file: POSIX drops a process's locks when any of its handles is closed.
  const file = join(folder, 'postgres.lock')
  // The lock shows that the folder is in use; this file shows by which process.
  const holder = join(folder, 'postgres.pid')
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { timeout: 0 })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE') // no journal file: nothing is ever written
    writeFileSync(holder, `${process.pid} ${hostname()}\n`, { mode: 0o600 })
  } catch (error) {
    lock?.close()
    if (isBusy(error)) throw new DataFolderError(inUse(folder, holder))
    throw unusableFolder(folder, error)
  }
  return {
    release: () => {
      if (lock === undefined) return
      rmSync(holder, { force: true })
      lock.close()
      lock = undefined
    },
  }
}

/** The error for a fault of the file system: what is wrong with the folder, and what to do. */
export function unusableFolder(folder: string, cause: unknown): DataFolderError {
  return new DataFolderError(
    `The data folder ${folder} cannot be used (${reasonOf(cause)}). Make it writable for this user, with room on its ` +
      'disk, or set DATA_DIR to another folder.',
    { cause },
  )
}

function reasonOf(cause: unknown) {
  if (cause instanceof Error) return cause.message.split('\n')[0]
  // PGlite's file system throws objects with the error numbers of WASI.
  const number = typeof cause === 'object' && cause !== null && 'errno' in cause ? cause.errno : undefined
  return number === 51 ? 'ENOSPC: no space left on device' : `error ${number}`
}

function inUse(folder: string, holder: string) {
  return (
    `The data folder ${folder} is in use by another Gatepost${processIn(holder)}. Stop it first, or set DATA_DIR ` +
    'to another folder, or DATABASE_URL to a PostgreSQL server that many processes can share.'
  )
}

function processIn(holder: string) {
  try {
    const [pid, host] = readFileSync(holder, 'utf8').trim().split(' ')
    if (pid === undefined || !/^\d+$/.test(pid)) return ''
    return host === hostname() ? ` (process ${pid})` : ` (process ${pid} on ${host})`
  } catch {
    return '' // the other process has the lock but has not written its id yet
  }
}

function isBusy(error: unknown) {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
