import { dummyHash } from '../../auth/passwords.ts'
import { ConfigError } from '../../config.ts'
import type { Database } from '../../db/client.ts'
import type { Line } from './lines.ts'
import { parseLine } from './parse.ts'
import { Header, MovedRecord } from './records.ts'
import { type Placed, storeAll } from './store.ts'
import { reserveIds, storeComments, storePosts, storeRevisions, storeUsers } from './store-records.ts'

const rowsPerBatch = 1000

/** Of lines in a batch: a thousand of the longest would take the database minutes. */
const charactersPerBatch = 1024 * 1024

/** The first line of an export. @throws ConfigError when it is something else */
export function parseHeader(line: Line | undefined): Header {
  return parseLine(Header, line ?? { number: 1, text: 'null' })
}

interface ImportRecords {
  header: Header
  /** What follows the header. */
  lines: AsyncIterable<Line>
  bcryptCost: number
  advance: (by: number) => void
}

/**
 * Stores what an export holds, batch by batch; each is stored as a whole or not at all, and a second time changes
 * nothing. @throws ConfigError that names the line with the fault
 */
export async function importRecords(
  db: Database,
  { header, lines, bcryptCost, advance }: ImportRecords,
): Promise<void> {
  const last = { posts: header.last_post_id, comments: header.last_comment_id }
  // First of all: a service that runs on this database must not give these ids to others meanwhile.
  await reserveIds(db, last)
  // No password has this hash, and checking one against it takes as long as for anybody else.
  const hashOfNone = dummyHash(bcryptCost)
  for await (const batch of inBatches(lines)) {
    await store(db, batch, hashOfNone)
    advance(batch.length)
  }
  await reserveIds(db, last)
}

type PlacedRecord = Placed<MovedRecord>

async function* inBatches(lines: AsyncIterable<Line>): AsyncGenerator<PlacedRecord[]> {
  let batch: PlacedRecord[] = []
  let characters = 0
  let end = false
  let number = 1
  for await (const line of lines) {
    number = line.number
    if (end) throw new ConfigError(`line ${number}: Comes after the end of the export.`)
    const value = parseLine(MovedRecord, line)
    if (value.kind === 'end') {
      end = true
      continue
    }
    batch.push({ where: `line ${number}`, value })
    characters += line.text.length
    if (batch.length < rowsPerBatch && characters < charactersPerBatch) continue
    yield batch
    batch = []
    characters = 0
  }
  yield batch
  if (!end) {
    throw new ConfigError(
      `line ${number}: Is the last, but not the end: the export was cut off here. What it has is imported; run import again with the whole.`,
    )
  }
}

/** What others refer to comes first. */
async function store(db: Database, batch: PlacedRecord[], hashOfNone: string): Promise<void> {
  await storeAll(ofKind(batch, 'user'), (users) => storeUsers(db, users, hashOfNone))
  await storeAll(ofKind(batch, 'post'), (posts) => storePosts(db, posts))
  await storeAll(ofKind(batch, 'revision'), (revisions) => storeRevisions(db, revisions))
  await storeAll(ofKind(batch, 'comment'), (comments) => storeComments(db, comments))
}

type OfKind<K> = Extract<MovedRecord, { kind: K }>

function ofKind<K extends MovedRecord['kind']>(batch: PlacedRecord[], kind: K): Placed<OfKind<K>>[] {
  return batch.filter((row): row is Placed<OfKind<K>> => row.value.kind === kind)
}
