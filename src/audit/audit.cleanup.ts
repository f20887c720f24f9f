import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { auditEvents } from './audit.table.ts'

/** So that no statement takes longer than a query may. */
const batch = 10_000

/**
 * Deletes the events that are older than `seconds`, and gives how many. Their ids are UUIDv7, so the oldest are
 * found by the primary key; a few that another clock has numbered wrongly wait for the next time.
 */
export async function sweepAuditEvents(db: Database, seconds: number): Promise<number> {
  let deleted = 0
  for (;;) {
    const oldest = sql`select id from (select id, at from ${auditEvents} order by id limit ${batch}) as oldest where at < now() - make_interval(secs => ${seconds})`
    const gone = await db.delete(auditEvents).where(sql`id in (${oldest})`).returning({ id: auditEvents.id })
    deleted += gone.length
    if (gone.length < batch) return deleted
  }
}
