import { lt, or, sql } from 'drizzle-orm'
import { sessions } from './auth/sessions.table.ts'
import type { Database } from './db/client.ts'
import { sweepIdempotencyKeys } from './idempotency/idempotency.service.ts'
import { sweepLimits } from './limits/sweep-limits.ts'

/** Days that a session is kept after it ended or expired: longer than any access token lives. */
const keptFor = 30

/** Deletes what nobody needs any more. Any server may run it at any time: each row is deleted once. */
export async function sweep(db: Database): Promise<Record<'sessions' | 'keys' | 'limits', number>> {
  const limit = sql`now() - make_interval(days => ${keptFor})`
  const gone = await db
    .delete(sessions)
    .where(or(lt(sessions.expiresAt, limit), lt(sessions.endedAt, limit)))
    .returning({ id: sessions.id })
  return { sessions: gone.length, keys: await sweepIdempotencyKeys(db), limits: await sweepLimits(db) }
}
