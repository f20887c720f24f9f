import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, ConfigError } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { collectFaults, refuseFaults, reportSkipped } from './move/faults.ts'
import { importFolder } from './move/import-folder.ts'
import { checkRecords, importRecords, parseHeader } from './move/import-records.ts'
import { linesOf } from './move/lines.ts'
import { withSlowDatabase } from './move/open-database.ts'
import type { Header } from './move/records.ts'
import { withProgress } from './progress.ts'

interface ImportOptions {
  author?: string
  /** Imports the valid records and leaves out the others. */
  skipInvalid?: boolean
}

/**
 * Imports an export, or the posts of a folder of Markdown files; `-` is standard input. Everything is checked before
 * anything is stored, unless `skipInvalid` is set.
 * @throws ConfigError with all errors
 */
export async function importAll(
  config: Config,
  source: string,
  { author, skipInvalid = false }: ImportOptions,
): Promise<void> {
  const isFolder = source !== '-' && (await isDirectory(source))
  if (isFolder && author === undefined) {
    throw new ConfigError(`${source} is a folder of Markdown files: say whose posts they are, with --author.`)
  }
  if (!isFolder && author !== undefined) {
    throw new ConfigError('--author is for folders of Markdown files: an export says itself who wrote what.')
  }
  if (author !== undefined) return importFolder(config, { folder: source, author, skipInvalid })
  if (source !== '-')
    return importExport(config, { read: () => createReadStream(source), hasBar: true, skipInvalid })
  // A pipe can be read only once, so it is not checked first.
  if (skipInvalid) return importExport(config, { read: () => process.stdin, hasBar: false, skipInvalid })
  await withCopyOfInput((copy) =>
    importExport(config, {
      read: () => copy.createReadStream({ start: 0, autoClose: false }),
      hasBar: false,
      skipInvalid,
    }),
  )
}

interface ImportExport {
  /** Reads the export from its start. */
  read: () => AsyncIterable<Buffer>
  /** False for a pipe: in `gatepost export | gatepost import -`, the export already shows a progress bar. */
  hasBar: boolean
  skipInvalid: boolean
}

async function importExport(config: Config, { read, hasBar, skipInvalid }: ImportExport): Promise<void> {
  const faults = collectFaults()
  const begin = async () => {
    const lines = linesOf(read())
    const first = await lines.next()
    return { lines, header: parseHeader(first.done ? undefined : first.value) }
  }
  const withBar = (what: string, total: number, work: (advance: (by: number) => void) => Promise<void>) =>
    hasBar ? withProgress(what, total, work) : work(() => {})

  await withSlowDatabase(config, async (db: Database) => {
    if (!skipInvalid) {
      const { lines, header } = await begin()
      await withBar('checking', linesIn(header), (advance) => checkRecords(db, { lines, faults, advance }))
      refuseFaults(faults)
    }
    const { lines, header } = await begin()
    const { BCRYPT_COST: bcryptCost } = config
    await withBar('lines', linesIn(header), (advance) =>
      importRecords(db, { header, lines, faults, bcryptCost, advance }),
    )
  })
  reportSkipped(faults)
  process.stdout.write('Imported. Sessions do not move: everybody logs in again.\n')
}

function linesIn({ users, posts, revisions, comments }: Header): number {
  return users + posts + revisions + comments
}

/** Copies standard input to a file without a name, which disappears with this process. */
async function withCopyOfInput(use: (copy: FileHandle) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-import-'))
  await using copy = await open(join(folder, 'export.jsonl'), 'wx+', 0o600)
  await rm(folder, { recursive: true })
  await copy.writeFile(process.stdin)
  await use(copy)
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    await using file = await open(path)
    return (await file.stat()).isDirectory()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // every error of `open` has a code
    throw new ConfigError(
      `Cannot read ${path} (${code}): name a file by gatepost export, or a folder of Markdown files.`,
    )
  }
}
