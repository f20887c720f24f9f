import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { limits } from './limits.table.ts'

const batch = 10_000

/**
 * Deletes expired rows and, if more than `max` remain, those that expire first: so an attacker with many addresses
 * cannot fill the disk. Returns the number of deleted rows.
 */
export async function cleanUpLimits(
  db: Database,
  { now = Date.now(), max = 1_000_000 }: { now?: number; max?: number } = {},
): Promise<number> {
  const expired = sql`select key from ${limits} where expires_at <= ${new Date(now).toISOString()} limit ${batch} for update skip locked`
  const surplus = sql`select key from ${limits} order by expires_at desc offset ${max} limit ${batch}`
  return (await deleteAll(db, expired)) + (await deleteAll(db, surplus))
}

/** In batches, so that no statement runs into the query deadline. */
async function deleteAll(db: Database, keys: SQL): Promise<number> {
  let deleted = 0
  for (;;) {
    const gone = await db.delete(limits).where(sql`key in (${keys})`).returning({ key: limits.key })
    deleted += gone.length
    if (gone.length < batch) return deleted
  }
}
