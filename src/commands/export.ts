import type { Config } from '../config/config.ts'
import { withSlowDatabase } from './move/open-database.ts'
import { readHeader, readRecords } from './move/read-records.ts'
import type { Header, MovedRecord } from './move/records.ts'
import { writeExport } from './move/write-export.ts'
import { withProgress } from './progress.ts'

interface ExportOptions {
  output?: string
  withPasswordHashes?: boolean
}

/** Characters per write: writing each line by itself would take longer than reading it. */
const charactersPerWrite = 256 * 1024

/** Writes users, posts with their revisions, and comments as JSON Lines. */
export async function exportAll(
  config: Config,
  { output, withPasswordHashes = false }: ExportOptions,
): Promise<void> {
  const count = await withSlowDatabase(config, async (db) => {
    const header = await readHeader(db)
    const total = header.users + header.posts + header.revisions + header.comments
    await withProgress('lines', total, (advance) =>
      writeExport(toText(header, readRecords(db, header, { withPasswordHashes }), advance), output),
    )
    return total
  })
  if (output !== undefined)
    process.stdout.write(`Wrote ${count} users, posts, revisions and comments to ${output}.\n`)
}

async function* toText(
  header: Header,
  records: AsyncIterable<MovedRecord>,
  advance: (by: number) => void,
): AsyncGenerator<string> {
  let text = `${JSON.stringify(header)}\n`
  let lines = 0
  for await (const record of records) {
    text += `${JSON.stringify(record)}\n`
    lines++
    if (text.length < charactersPerWrite) continue
    yield text
    advance(lines)
    text = ''
    lines = 0
  }
  yield text
  advance(lines - 1) // the last line marks the end and is not counted
}
