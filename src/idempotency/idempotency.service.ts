import { and, eq, lt, sql, type WithSubquery } from 'drizzle-orm'
import type { IdempotentRequest } from '../api/idempotency.ts'
import type { Database } from '../db/database.ts'
import { violatedConstraint } from '../db/errors.ts'
import { ApiError, type InvalidValue } from '../errors/api-error.ts'
import { idempotencyKeys } from './idempotency.table.ts'

/** How long a key is kept. */
const keptFor = sql`interval '24 hours'`

/**
 * What an earlier request with this key has created; undefined if there was none. Called after the key was
 * found taken: it is stored in the very statement that creates, so a taken key has an answer.
 * @throws ApiError idempotency.key_reused when that request was another one
 */
export async function createdBefore(
  db: Database,
  { userId, key, requestHash }: IdempotentRequest,
): Promise<unknown> {
  const isThis = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key))
  // An expired key may be used anew.
  await db.delete(idempotencyKeys).where(and(isThis, lt(idempotencyKeys.createdAt, sql`now() - ${keptFor}`)))
  const [before] = await db.select().from(idempotencyKeys).where(isThis)
  if (before && before.requestHash !== requestHash) {
    const message = 'Was sent with another request before.'
    const errors: InvalidValue[] = [
      { location: 'header', name: 'Idempotency-Key', code: 'key_reused', message },
    ]
    throw new ApiError('idempotency.key_reused', { errors })
  }
  return before?.created
}

/**
 * The part of a creating statement that stores the key, with the row that the part `created` returns. If the
 * key is taken the whole statement fails and nothing is created: see `isKeyTaken`. The request's three values
 * are placeholders of these names.
 */
export function rememberCreated(db: Database, created: WithSubquery<'created'>) {
  return db
    .insert(idempotencyKeys)
    .select(
      db
        .select({
          userId: sql`${sql.placeholder('userId')}::uuid`.as('user_id'),
          key: sql`${sql.placeholder('key')}::text`.as('key'),
          requestHash: sql`${sql.placeholder('requestHash')}::text`.as('request_hash'),
          created: sql`to_jsonb(created)`.as('created'),
          createdAt: sql`now()`.as('created_at'),
        })
        .from(created),
    )
    .returning({ key: idempotencyKeys.key })
}

/** Whether a write failed because its key was taken. */
export function isKeyTaken(error: unknown): boolean {
  return violatedConstraint(error) === 'idempotency_keys_pkey'
}

/** Deletes the keys that have expired. */
export async function sweepIdempotencyKeys(db: Database): Promise<number> {
  const gone = await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - ${keptFor}`))
    .returning({ key: idempotencyKeys.key })
  return gone.length
}
