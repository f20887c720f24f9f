import { dummyHash } from '../../auth/passwords/passwords.ts'
import { ConfigError } from '../../config/config.ts'
import type { Database } from '../../db/database.ts'
import { type Conflicts, findConflicts } from './conflicts.ts'
import type { Faults } from './faults.ts'
import type { Line } from './lines.ts'
import { check, parseJson, parseLine, whereOf } from './parse.ts'
import { Header, MovedRecord } from './records.ts'
import { type Placed, storeAll } from './store.ts'
import { reserveIds, storeComments, storePosts, storeRevisions, storeUsers } from './store-records.ts'

const rowsPerBatch = 1000

/** Maximum characters per batch: a thousand lines of the greatest length would take the database minutes. */
const charactersPerBatch = 1024 * 1024

/** Reads the first line of an export. @throws ConfigError if it is not a header */
export function parseHeader(line: Line | undefined): Header {
  return parseLine(Header, line ?? { number: 1, text: 'null' })
}

interface ReadRecords {
  /** The lines after the header. */
  lines: AsyncIterable<Line>
  /** Collects errors; lines with errors are left out. */
  faults: Faults
  advance: (by: number) => void
}

/** Finds all errors of an export, in itself and in relation to this database, and changes nothing. */
export async function checkRecords(db: Database, { lines, faults, advance }: ReadRecords): Promise<void> {
  const conflicts = findConflicts(db)
  for await (const batch of inBatches(lines, faults, conflicts)) {
    for (const fault of await conflicts.of(batch)) faults.add(fault)
    advance(batch.length)
  }
}

interface ImportRecords extends ReadRecords {
  header: Header
  bcryptCost: number
}

/**
 * Stores the records of an export in batches. Each batch is stored completely or not at all; a second import changes
 * nothing. Refused records are left out and noted.
 */
export async function importRecords(
  db: Database,
  { header, lines, faults, bcryptCost, advance }: ImportRecords,
): Promise<void> {
  const last = { posts: header.last_post_id, comments: header.last_comment_id }
  // This comes first, so that a service running on this database does not use these ids.
  await reserveIds(db, last)
  // No password matches this hash, and a check against it takes the usual time.
  const hashOfNone = dummyHash(bcryptCost)
  for await (const batch of inBatches(lines, faults)) {
    await store(db, batch, { hashOfNone, faults })
    advance(batch.length)
  }
  await reserveIds(db, last)
}

type PlacedRecord = Placed<MovedRecord>

async function* inBatches(
  lines: AsyncIterable<Line>,
  faults: Faults,
  conflicts?: Conflicts,
): AsyncGenerator<PlacedRecord[]> {
  let batch: PlacedRecord[] = []
  let characters = 0
  for await (const record of untilEnd(lines, faults, conflicts)) {
    batch.push(record)
    characters += record.characters
    if (batch.length < rowsPerBatch && characters < charactersPerBatch) continue
    yield batch
    batch = []
    characters = 0
  }
  yield batch
}

/** The readable records up to the end line of the export. */
async function* untilEnd(
  lines: AsyncIterable<Line>,
  faults: Faults,
  conflicts?: Conflicts,
): AsyncGenerator<PlacedRecord & { characters: number }> {
  let hasEnded = false
  let last = 'line 1'
  for await (const line of lines) {
    last = whereOf(line)
    if (hasEnded) return faults.add(new ConfigError(`${last}: Comes after the end of the export.`))
    const value = recordOf(line, faults, conflicts)
    if (value?.kind === 'end') hasEnded = true
    else if (value) yield { where: last, value, characters: line.text.length }
  }
  if (hasEnded) return
  faults.add(
    new ConfigError(`${last}: Is the last, but not the end: the export was cut off here. Export again.`),
  )
}

function recordOf(line: Line, faults: Faults, conflicts?: Conflicts): MovedRecord | undefined {
  try {
    const value = parseJson(line)
    conflicts?.announce(value)
    return check(MovedRecord, value, whereOf(line))
  } catch (error) {
    faults.add(error)
    return undefined
  }
}

interface Store {
  hashOfNone: string
  faults: Faults
}

/** Stores each kind after the kinds that it refers to. */
async function store(db: Database, batch: PlacedRecord[], { hashOfNone, faults }: Store): Promise<void> {
  await storeAll(ofKind(batch, 'user'), (users) => storeUsers(db, users, hashOfNone), faults)
  await storeAll(ofKind(batch, 'post'), (posts) => storePosts(db, posts), faults)
  await storeAll(ofKind(batch, 'revision'), (revisions) => storeRevisions(db, revisions), faults)
  await storeAll(ofKind(batch, 'comment'), (comments) => storeComments(db, comments), faults)
}

type OfKind<K> = Extract<MovedRecord, { kind: K }>

/** The records of one kind, with their places. */
function ofKind<K extends MovedRecord['kind']>(batch: PlacedRecord[], kind: K): Placed<OfKind<K>>[] {
  return batch.filter((row): row is Placed<OfKind<K>> => row.value.kind === kind)
}
