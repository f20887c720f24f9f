import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { auditEvents } from './audit.table.ts'

/** Rows per statement, so that no DELETE runs into the query deadline. */
const batch = 10_000

/**
 * Deletes the events that are older than `seconds` and returns their number. Ids are UUIDv7, so the primary key finds
 * the oldest ones. An event whose id was made by a wrong clock is deleted by a later run.
 */
export async function cleanUpAuditEvents(db: Database, seconds: number): Promise<number> {
  let deleted = 0
  for (;;) {
    const oldest = sql`select id from (select id, at from ${auditEvents} order by id limit ${batch}) as oldest where at < now() - make_interval(secs => ${seconds})`
    const gone = await db.delete(auditEvents).where(sql`id in (${oldest})`).returning({ id: auditEvents.id })
    deleted += gone.length
    if (gone.length < batch) return deleted
  }
}
