import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import journal from '../../drizzle/meta/_journal.json' with { type: 'json' }
import { namespace } from '../api/namespace.ts'
import { answer } from '../api/responses.ts'
import type { Database } from '../db/database.ts'
import { hasSqlState, isDatabaseUnavailable } from '../db/errors.ts'
import { recordSchema, recordTable } from '../db/migration-record.ts'
import { ApiError } from '../errors/api-error.ts'
import { createRouter } from '../http/router.ts'

const service = namespace('Service', 'Health, this document and its pages.')

const Health = z
  .strictObject({ status: z.enum(['ok']).openapi({ description: 'How it is.' }) })
  .openapi('Health', { description: 'All is well; otherwise the answer is a problem.' })

const healthz = service.route({
  operationId: 'readHealth',
  method: 'get',
  path: '/healthz',
  summary: 'Is the process alive?',
  description: 'Answers as long as the process can answer at all; it does not ask the database.',
  responses: { 200: answer(Health, 'It is alive.') },
  usesDatabase: false,
  ignoresQuery: true,
})

const readyz = service.route({
  operationId: 'readReadiness',
  method: 'get',
  path: '/readyz',
  summary: 'Can it do its work?',
  description:
    'Asks the database, which must answer, take writes and have the tables of this version. Load balancers send requests here only while it answers 200; otherwise `detail` says which check has failed.',
  responses: { 200: answer(Health, 'It can.') },
  problems: ['service.stopping'],
  ignoresQuery: true,
})

export const healthRoutes = createRouter()
  .openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200))
  .openapi(readyz, async (c) => {
    if (c.var.deps.isStopping()) throw new ApiError('service.stopping')
    const failure = await databaseFailure(c.var.db)
    if (failure) throw new ApiError('service.unavailable', failure)
    return c.json({ status: 'ok' as const }, 200)
  })

/** What is wrong with the database, if anything: a standby answers, but nobody can log in or write there. */
async function databaseFailure(db: Database) {
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

/** Newer tables are fine: while servers are replaced one by one, the old ones go on. */
async function isMigrated(db: Database, schema: string): Promise<boolean> {
  try {
    const at = sql<string | null>`max(created_at)::text`
    const [row] = await db.select({ at }).from(sql.raw(`${schema}.${recordTable}`))
    return Number(row?.at ?? 0) >= newest
  } catch (error) {
    if (hasSqlState(error, '42501')) return true // a user who may not know
    throw error
  }
}
