import { type FileHandle, open } from 'node:fs/promises'
import { type Config, ConfigError } from '../config.ts'
import { importFolder } from './move/import-folder.ts'
import { importRecords, parseHeader } from './move/import-records.ts'
import { linesOf } from './move/lines.ts'
import { withPatientDatabase } from './move/open-database.ts'
import { withProgress } from './progress.ts'

interface ImportOptions {
  author?: string
}

/** Adds what an export holds, or the posts of a folder of Markdown files; `-` is standard input. */
export async function importAll(config: Config, source: string, { author }: ImportOptions): Promise<void> {
  const file = source === '-' ? undefined : await openSource(source)
  const isFolder = (await file?.stat())?.isDirectory() === true
  if (isFolder && author === undefined) {
    throw new ConfigError(`${source} is a folder of Markdown files: say whose posts they are, with --author.`)
  }
  if (!isFolder && author !== undefined) {
    throw new ConfigError('--author is for folders of Markdown files: an export says itself who wrote what.')
  }
  if (author === undefined) return importExport(config, file)
  await file?.close()
  return importFolder(config, { folder: source, author })
}

/** Of standard input when there is no file. */
async function importExport(config: Config, file: FileHandle | undefined): Promise<void> {
  await withPatientDatabase(config, async (db) => {
    const lines = linesOf(file?.createReadStream() ?? process.stdin)
    const first = await lines.next()
    const header = parseHeader(first.done ? undefined : first.value)
    const total = header.users + header.posts + header.revisions + header.comments
    const work = (advance: (by: number) => void) =>
      importRecords(db, { header, lines, bcryptCost: config.BCRYPT_COST, advance })
    // Whoever writes to a pipe shows how far it is: `gatepost export | gatepost import -` needs one bar.
    if (file === undefined) await work(() => {})
    else await withProgress('lines', total, work)
  })
  process.stdout.write('Imported. Sessions do not move: everybody logs in again.\n')
}

async function openSource(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // all of open's errors have one
    throw new ConfigError(
      `Cannot read ${path} (${code}): name a file by gatepost export, or a folder of Markdown files.`,
    )
  }
}
