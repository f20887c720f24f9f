import { and, isNull, lt, or, sql } from 'drizzle-orm'
import { sweepAuditEvents } from '../audit/audit.cleanup.ts'
import { sweepApiTokens } from '../auth/api-tokens/api-tokens.cleanup.ts'
import { sessions } from '../auth/sessions/sessions.table.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { sweepIdempotencyKeys } from '../idempotency/idempotency.service.ts'
import { sweepLimits } from '../limits/limits.cleanup.ts'

/** Days that a session is kept after it ended or expired: longer than any access token lives. */
const keptFor = 30

/** How many rows were deleted. */
type Swept = Record<'sessions' | 'api_tokens' | 'keys' | 'limits' | 'audit_events', number>

/** Deletes what nobody needs any more. Any server may run it at any time: each row is deleted once. */
export async function sweep(db: Database, { AUDIT_RETENTION }: Config): Promise<Swept> {
  const limit = sql`now() - make_interval(days => ${keptFor})`
  await db
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: 'deleted' })
    .where(and(isNull(sessions.userId), isNull(sessions.endedAt)))
  const gone = await db
    .delete(sessions)
    .where(or(lt(sessions.expiresAt, limit), lt(sessions.endedAt, limit)))
    .returning({ id: sessions.id })
  return {
    sessions: gone.length,
    api_tokens: await sweepApiTokens(db),
    keys: await sweepIdempotencyKeys(db),
    limits: await sweepLimits(db),
    audit_events: await sweepAuditEvents(db, AUDIT_RETENTION),
  }
}
