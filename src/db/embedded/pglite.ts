import type { PGlite } from '@electric-sql/pglite'
import { DataFolderError } from '../errors.ts'

/** What PostgreSQL says before it ends; what it says of the reason is kept as well. */
const LAST_WORDS = /\b(?:PANIC|FATAL): {2}(.*)|^(Aborted)\(/
const REASON = /\b(?:PANIC|FATAL|DETAIL): |^Aborted\(|^postgres: /

/** A running PGlite. */
export interface PgliteProcess {
  /** Lets `work` use it; an error that ends PostgreSQL becomes its `failure`. */
  use<T>(work: (pglite: PGlite) => Promise<T>): Promise<T>
  /** Why it has stopped and must be started anew, after a full disk for one; undefined while all is well. */
  failure(): Error | undefined
  /** Writes everything to the files, or leaves that to the next start when it has stopped already. */
  close(): Promise<void>
}

/**
 * Makes PostgreSQL's files in a folder that is not there yet. They are copied from a package that holds what `initdb`
 * makes: to run `initdb` takes seconds of processor time. The package asks for one exact version of PGlite, and
 * `overrides` in package.json sets that aside: the files depend on the version of PostgreSQL alone.
 */
export async function makeFiles(files: string): Promise<void> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs')
  const server = await startPglite(files, await dataDir())
  await server.close()
}

/**
 * Starts PGlite on a folder with PostgreSQL's files. Prints nothing.
 * @throws DataFolderError when the files are another version's or damaged
 */
export async function startPglite(files: string, archive?: Blob): Promise<PgliteProcess> {
  // Not at the top of this file: who has a PostgreSQL server does not need these 15 MB.
  const { PGlite } = await import('@electric-sql/pglite')
  const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm')
  const said: string[] = []
  let pglite: PGlite | undefined
  let failure: Error | undefined

  const stopped = (reason: string) => {
    failure ??= new Error(`The embedded database has stopped: ${reason}`)
    if (pglite !== undefined) refuseCalls(pglite, failure)
  }
  const onStderr = (line: string) => {
    if (REASON.test(line)) said.push(line)
    const words = LAST_WORDS.exec(line)
    if (words !== null) stopped(words[1] ?? 'Aborted')
    return false // do not print it
  }

  try {
    const more = archive && { loadDataDir: archive }
    pglite = await PGlite.create({ dataDir: files, extensions: { pg_trgm }, onStderr, ...more })
  } catch (error) {
    throw explain(files, said.join(' '), error)
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

/** PGlite does not notice that its PostgreSQL has ended: the next call would never return and stop everything. */
function refuseCalls(pglite: PGlite, failure: Error) {
  pglite.execProtocolRawSync = () => {
    throw failure
  }
}

/** `close` would write to the files once more, which a stopped PostgreSQL must not. */
async function closeFiles(pglite: PGlite) {
  await pglite.fs?.closeFs()
}

function explain(files: string, said: string, cause: unknown) {
  const versions = /by PostgreSQL version (\S+), which is not compatible with this version (\d+)/.exec(said)
  if (versions !== null) {
    return new DataFolderError(
      `The data in ${files} was made by PostgreSQL ${versions[1]} and this Gatepost has PostgreSQL ${versions[2]} built ` +
        'in: start the Gatepost that made it, or set DATA_DIR to another folder.',
      { cause },
    )
  }
  if (/No space left on device|Disk quota exceeded/.test(said)) {
    return new DataFolderError(`The disk of ${files} is full: make room and start again.`, { cause })
  }
  if (said === '') return cause // nothing is wrong with the files; out of memory, for one
  return new DataFolderError(
    `The data in ${files} is damaged (${said.replace(/^.*?(PANIC|FATAL): +/, '')}): put back a backup, or set ` +
      'DATA_DIR to another folder to begin anew.',
    { cause },
  )
}
