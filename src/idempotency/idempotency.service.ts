import { and, eq, lt, sql, type WithSubquery } from 'drizzle-orm'
import type { IdempotentRequest } from '../api/idempotency.ts'
import type { Database } from '../db/database.ts'
import { violatedConstraint } from '../db/errors.ts'
import { ApiError, type InvalidValue } from '../errors/api-error.ts'
import { idempotencyKeys } from './idempotency.table.ts'

/** How long a key is kept. */
const keptFor = sql`interval '24 hours'`

/**
 * Returns what the earlier request with this key created, or undefined if the key has expired. Call it after
 * `isKeyTaken`. The key and the created row are stored by one statement, so a stored key always has its row.
 * @throws ApiError idempotency.key_reused when the earlier request was a different one
 */
export async function createdBefore(
  db: Database,
  { userId, key, requestHash }: IdempotentRequest,
): Promise<unknown> {
  const isThis = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key))
  // A client may use an expired key again.
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
 * The part (CTE) of a creating statement that stores the key with the row of the CTE `created`. If the key is taken,
 * the whole statement fails and creates nothing: see `isKeyTaken`. Placeholders: `userId`, `key` and
 * `requestHash`.
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

/** Whether a write failed because the idempotency key was taken. */
export function isKeyTaken(error: unknown): boolean {
  return violatedConstraint(error) === 'idempotency_keys_pkey'
}

/** Deletes the keys that have expired. */
export async function cleanUpIdempotencyKeys(db: Database): Promise<number> {
  const gone = await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - ${keptFor}`))
    .returning({ key: idempotencyKeys.key })
  return gone.length
}
