import { sql } from 'drizzle-orm'
import journal from '../../drizzle/meta/_journal.json' with { type: 'json' }
import type { Database } from './database.ts'
import { hasSqlState, isDatabaseUnavailable } from './errors.ts'
import { recordSchema, recordTable } from './migration-record.ts'

/** What is wrong with the database, if anything. A standby responds to queries but cannot store log-ins or changes. */
export async function databaseFailure(db: Database) {
  try {
    const isReadOnly = sql<boolean>`current_setting('transaction_read_only')::boolean`
    const record = sql<string | null>`${sql.raw(recordSchema)}`
    const [row] = await db.select({ isReadOnly, record }).from(sql`(select) as nothing`)
    if (row?.isReadOnly) return { detail: 'Check failed: the database takes no writes.' }
    if (!row?.record || !(await isMigrated(db, row.record)))
      return { detail: 'Check failed: the tables are older than this version. Run gatepost migrate.' }
    return undefined
  } catch (cause) {
    if (!isDatabaseUnavailable(cause)) throw cause
    return { detail: 'Check failed: the database does not answer.', cause }
  }
}

const newest = Math.max(...journal.entries.map(({ when }) => when))

/** Newer tables are accepted: during a rolling update, the old servers keep running. */
async function isMigrated(db: Database, schema: string): Promise<boolean> {
  try {
    const at = sql<string | null>`max(created_at)::text`
    const [row] = await db.select({ at }).from(sql.raw(`${schema}.${recordTable}`))
    return Number(row?.at ?? 0) >= newest
  } catch (error) {
    if (hasSqlState(error, '42501')) return true // the user may not read the record
    throw error
  }
}
