import { and, desc, eq, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { IdempotentRequest } from '../api/idempotency.ts'
import type { Database } from '../db/database.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { toInstant } from '../db/instant.ts'
import { areMet, type Preconditions } from '../db/preconditions.ts'
import { ApiError } from '../errors/api-error.ts'
import { createdBefore, isKeyTaken, rememberCreated } from '../idempotency/idempotency.service.ts'
import type { CreateSampleNote, UpdateSampleNote } from './sample-notes.schemas.ts'
import { type SampleNoteRow, sampleNotes } from './sample-notes.table.ts'

// Every query contains the author, so users cannot read or change the sample notes of others.

interface ListSampleNotes {
  authorId: string
  /** Id of the last sample note of the previous page. */
  before: number | undefined
  limit: number
}

/** Lists the sample notes of an author, newest first. */
export function listSampleNotes(
  db: Database,
  { authorId, before, limit }: ListSampleNotes,
): Promise<SampleNoteRow[]> {
  const isOlder = before === undefined ? undefined : lt(sampleNotes.id, before)
  return db
    .select()
    .from(sampleNotes)
    .where(and(eq(sampleNotes.authorId, authorId), isOlder))
    .orderBy(desc(sampleNotes.id))
    .limit(limit)
}

interface OneSampleNote {
  id: number
  authorId: string
}

/** Reads one sample note of an author. @throws ApiError sample_notes.not_found */
export async function readSampleNote(db: Database, { id, authorId }: OneSampleNote): Promise<SampleNoteRow> {
  const [row] = await db
    .select()
    .from(sampleNotes)
    .where(and(eq(sampleNotes.id, id), eq(sampleNotes.authorId, authorId)))
  if (!row) throw new ApiError('sample_notes.not_found')
  return row
}

interface NewSampleNote extends CreateSampleNote {
  authorId: string
  request: IdempotentRequest | undefined
}

/**
 * Adds a sample note. With an idempotency key it is added only once.
 * @throws ApiError auth.token_invalid if the author's account was deleted, idempotency.key_reused
 */
export async function createSampleNote(
  db: Database,
  created: NewSampleNote,
): Promise<{ row: SampleNoteRow; isReplay: boolean }> {
  const { request, ...values } = created
  try {
    const [row] = request
      ? await insertOnceQuery(db).execute({ ...values, ...request })
      : await insertQuery(db).execute(values)
    if (!row) throw new Error('INSERT … RETURNING returned nothing.')
    return { row, isReplay: false }
  } catch (error) {
    if (violatedConstraint(error) === 'sample_notes_author_id_users_id_fk')
      throw new ApiError('auth.token_invalid')
    if (!request || !isKeyTaken(error)) throw error
    const before = await createdBefore(db, request)
    if (before) return { row: fromStored(before as StoredSampleNote), isReplay: true } // stored below
    return createSampleNote(db, created) // the key had expired, and is free again
  }
}

function insertSampleNote(db: Database) {
  return db
    .insert(sampleNotes)
    .values({ authorId: sql.placeholder('authorId'), text: sql.placeholder('text') })
    .returning()
}

const insertQuery = prepared((db) => insertSampleNote(db).prepare('sample_notes_insert'))

/** Stores the sample note and the idempotency key in one statement. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(insertSampleNote(db))
  const kept = db.$with('kept').as(rememberCreated(db, created))
  return db.with(created, kept).select().from(created).prepare('sample_notes_insert_once')
})

/** A row in the JSON that `to_jsonb` writes. */
interface StoredSampleNote {
  id: number
  author_id: string
  text: string
  version: number
  created_at: string
  updated_at: string
}

function fromStored(stored: StoredSampleNote): SampleNoteRow {
  return {
    id: stored.id,
    authorId: stored.author_id,
    text: stored.text,
    version: stored.version,
    createdAt: toInstant(stored.created_at),
    updatedAt: toInstant(stored.updated_at),
  }
}

interface ChangeSampleNote extends OneSampleNote {
  preconditions: Preconditions
}

/**
 * Changes the fields that are sent. If all values stay the same, so do version and time.
 * @throws ApiError sample_notes.not_found, precondition.failed
 */
export async function updateSampleNote(
  db: Database,
  { changes, ...change }: ChangeSampleNote & { changes: UpdateSampleNote },
): Promise<SampleNoteRow> {
  const isOther = otherThan(changes)
  const [row] = await db
    .update(sampleNotes)
    .set({
      ...changes,
      version: sql`case when ${isOther} then ${sampleNotes.version} + 1 else ${sampleNotes.version} end`,
      updatedAt: sql`case when ${isOther} then now() else ${sampleNotes.updatedAt} end`,
    })
    .where(isChangeable(change))
    .returning()
  return row ?? refuse(db, change)
}

/** Deletes a sample note. @throws as updateSampleNote */
export async function deleteSampleNote(db: Database, change: ChangeSampleNote): Promise<void> {
  const [row] = await db.delete(sampleNotes).where(isChangeable(change)).returning({ id: sampleNotes.id })
  if (!row) await refuse(db, change)
}

/** True for a row that these changes would change. A column that may be null needs `is distinct from`. */
function otherThan({ text }: UpdateSampleNote): SQL {
  return or(text === undefined ? undefined : ne(sampleNotes.text, text)) ?? sql`false`
}

/** These conditions are part of the statement: between a separate check and the write, others could change the row. */
function isChangeable({ id, authorId, preconditions }: ChangeSampleNote): SQL | undefined {
  return and(
    eq(sampleNotes.id, id),
    eq(sampleNotes.authorId, authorId),
    areMet(preconditions, [sampleNotes.version]),
  )
}

/** Throws the reason why no row was changed. */
async function refuse(db: Database, change: ChangeSampleNote): Promise<never> {
  await readSampleNote(db, change)
  throw new ApiError('precondition.failed')
}
