import { and, isNull, lt, or, sql } from 'drizzle-orm'
import { cleanUpAuditEvents } from '../audit/audit.cleanup.ts'
import { cleanUpApiTokens } from '../auth/api-tokens/api-tokens.cleanup.ts'
import { sessions } from '../auth/sessions/sessions.table.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { cleanUpIdempotencyKeys } from '../idempotency/idempotency.service.ts'
import { cleanUpLimits } from '../limits/limits.cleanup.ts'

/**
 * Days that a session is kept after its end. Longer than an access token lives, so that its revocation is still known.
 */
const keptFor = 30

/** Number of deleted rows in each table. */
type Deleted = Record<'sessions' | 'api_tokens' | 'keys' | 'limits' | 'audit_events', number>

/** Deletes expired rows. Several servers may run it at the same time. */
export async function cleanUp(db: Database, { AUDIT_RETENTION }: Config): Promise<Deleted> {
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
    api_tokens: await cleanUpApiTokens(db),
    keys: await cleanUpIdempotencyKeys(db),
    limits: await cleanUpLimits(db),
    audit_events: await cleanUpAuditEvents(db, AUDIT_RETENTION),
  }
}
