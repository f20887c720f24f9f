import type { PGlite } from '@electric-sql/pglite'
import { DataFolderError } from '../errors.ts'

/** The last message of PostgreSQL before it ends. The message with the reason is kept too. */
const FINAL_MESSAGE = /\b(?:PANIC|FATAL): {2}(.*)|^(Aborted)\(/
const REASON = /\b(?:PANIC|FATAL|DETAIL): |^Aborted\(|^postgres: /

/** A running PGlite. */
export interface PgliteProcess {
  /** Runs `work` on the database. An error that ends PostgreSQL becomes its `failure`. */
  use<T>(work: (pglite: PGlite) => Promise<T>): Promise<T>
  /** Why PostgreSQL has stopped and must be restarted, such as a full disk; undefined while it runs. */
  failure(): Error | undefined
  /** Flushes all data to the files. After a failure it does not: the next start recovers. */
  close(): Promise<void>
}

/**
 * Creates PostgreSQL's files in a folder that does not exist yet. They come from a package that contains the result of
 * `initdb`, since `initdb` takes seconds of processor time. The package requires one exact version of PGlite, which
 * `overrides` in package.json replaces: the files depend only on the version of PostgreSQL.
 */
export async function createFiles(files: string): Promise<void> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs')
  const server = await startPglite(files, await dataDir())
  await server.close()
}

/**
 * Starts PGlite on a folder with PostgreSQL's files, or on a new folder with those of `archive`. Prints nothing.
 * @throws DataFolderError if the files are damaged or of another version
 */
export async function startPglite(files: string, archive?: Blob): Promise<PgliteProcess> {
  // Imported here, since services with a PostgreSQL server do not need these 15 MB.
  const { PGlite } = await import('@electric-sql/pglite')
  const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm')
  const messages: string[] = []
  let pglite: PGlite | undefined
  let failure: Error | undefined

  const stopped = (reason: string) => {
    failure ??= new Error(`The embedded database has stopped: ${reason}`)
    if (pglite !== undefined) refuseCalls(pglite, failure)
  }
  const onStderr = (line: string) => {
    if (REASON.test(line)) messages.push(line)
    const message = FINAL_MESSAGE.exec(line)
    if (message !== null) stopped(message[1] ?? 'Aborted')
    return false // do not print it
  }

  try {
    const options = { dataDir: files, extensions: { pg_trgm }, onStderr }
    pglite = await PGlite.create({ ...options, ...(archive && { loadDataDir: archive }) })
  } catch (error) {
    throw explain(files, messages.join(' '), error)
  }
  const started = pglite
  return {
    use: async (work) => {
      try {
        return await work(started)
      } catch (error) {
        if (isLastError(error)) stopped(error.message)
        throw error
      }
    },
    failure: () => failure,
    close: () => (failure === undefined ? started.close() : closeFiles(started)),
  }
}

function isLastError(error: unknown): error is Error {
  return error instanceof Error && 'severity' in error && /^(PANIC|FATAL)$/.test(String(error.severity))
}

/**
 * PGlite does not notice that its PostgreSQL has ended: the next call would never return and would block all others.
 */
function refuseCalls(pglite: PGlite, failure: Error) {
  pglite.execProtocolRawSync = () => {
    throw failure
  }
}

/** `close` would write to the files again, which is unsafe after PostgreSQL has stopped. */
async function closeFiles(pglite: PGlite) {
  await pglite.fs?.closeFs()
}

function explain(files: string, messages: string, cause: unknown) {
  const versions = /by PostgreSQL version (\S+), which is not compatible with this version (\d+)/.exec(
    messages,
  )
  if (versions !== null) {
    return new DataFolderError(
      `The data in ${files} was made by PostgreSQL ${versions[1]} and this Gatepost has PostgreSQL ${versions[2]} built ` +
        'in: start the Gatepost that made it, or set DATA_DIR to another folder.',
      { cause },
    )
  }
  if (/No space left on device|Disk quota exceeded/.test(messages)) {
    return new DataFolderError(`The disk of ${files} is full: make room and start again.`, { cause })
  }
  if (messages === '') return cause // the files are intact; the cause is out of memory, for example
  return new DataFolderError(
    `The data in ${files} is damaged (${messages.replace(/^.*?(PANIC|FATAL): +/, '')}): put back a backup, or set ` +
      'DATA_DIR to another folder to begin anew.',
    { cause },
  )
}
