import { desc, inArray } from 'drizzle-orm'
import type { Deps } from '../api/context.ts'
import type { Database } from '../db/database.ts'
import { recordEvent } from './audit.service.ts'
import { auditEvents } from './audit.table.ts'

/** Records at start that the signing key has changed. Two servers that start at the same time may both record it. */
export async function recordSigningKey(db: Database, { keys, log }: Deps): Promise<void> {
  const { kid, alg } = keys.signing
  const [last] = await db
    .select({ detail: auditEvents.detail })
    .from(auditEvents)
    .where(inArray(auditEvents.action, ['key.first_used', 'key.rotated']))
    .orderBy(desc(auditEvents.id))
    .limit(1)
  if (last?.detail.kid === kid) return
  await recordEvent(db, log, { action: last ? 'key.rotated' : 'key.first_used', detail: { kid, alg } })
}
