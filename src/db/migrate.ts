import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { DatabaseHandle } from './client.ts'
import { withDeadline } from './deadline.ts'
import type { EmbeddedHandle } from './embedded.ts'
import { dialPostgres } from './postgres-options.ts'

/** Any number would do; everybody who migrates this database must take the same. */
const LOCK = 7_402_026

/** Milliseconds in which a server must let us in and say what it has. */
const ANSWER_TIMEOUT = 10_000

/** Drizzle Kit's own record of what has been applied, so that its tools work on the database too. */
const RECORD = 'drizzle.__drizzle_migrations'

/** Runs statements as one transaction and answers the rows of the last. */
type Run = (script: string) => Promise<Row[]>

type Row = Record<string, unknown>

/**
 * Brings a database up to date with the SQL files of Drizzle Kit in `folder`, without a deadline. Any number of
 * processes may do so at once: one works and the others wait for it. All or nothing on PostgreSQL, file by file on the
 * embedded database. Answers how many files were applied; throws what the database said.
 */
export async function migrate(
  target: { url: string } | { handle: DatabaseHandle },
  folder: string = fileURLToPath(new URL('../../drizzle', import.meta.url)),
): Promise<{ applied: number }> {
  const migrations = readMigrationFiles({ migrationsFolder: folder })
  if ('url' in target) return { applied: await migratePostgres(target.url, migrations) }
  if (!isEmbedded(target.handle)) throw new TypeError('To migrate a PostgreSQL server, hand in its url.')
  return { applied: await apply(target.handle.script, migrations) }
}

async function migratePostgres(url: string, migrations: MigrationMeta[]) {
  let isLost = false
  const sql = dialPostgres(url, {
    connect_timeout: ANSWER_TIMEOUT / 1000,
    onclose: () => {
      isLost = true
    },
  })
  const run: Run = async (script) => {
    // postgres.js would connect again and go on outside the transaction.
    if (isLost) throw Object.assign(new Error('The connection was lost.'), { code: 'CONNECTION_CLOSED' })
    // Rows, or such a list for each statement when there are several.
    const results: readonly unknown[] = await sql.unsafe(script)
    return (Array.isArray(results[0]) ? results.at(-1) : results) as Row[]
  }
  try {
    // The usual case takes no lock, and works on a standby.
    const pending = await withDeadline(findPending(run, migrations), ANSWER_TIMEOUT)
    return pending.length === 0 ? 0 : await inLockedTransaction(run, () => apply(run, migrations))
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {})
  }
}

/** The lock ends with the transaction, whatever ends it; one of the session would not survive PgBouncer. */
async function inLockedTransaction<T>(run: Run, work: () => Promise<T>): Promise<T> {
  await run(
    `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${LOCK})`,
  )
  try {
    const result = await work()
    await run('COMMIT')
    return result
  } catch (error) {
    await run('ROLLBACK').catch(() => {})
    throw error
  }
}

async function apply(run: Run, migrations: MigrationMeta[]) {
  const pending = await findPending(run, migrations)
  for (const { sql, hash, folderMillis } of pending) {
    await run(`
      CREATE SCHEMA IF NOT EXISTS drizzle;
      CREATE TABLE IF NOT EXISTS ${RECORD} (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      ${sql.join('\n;\n')}
      ;
      INSERT INTO ${RECORD} (hash, created_at) VALUES ('${hash}', ${folderMillis})`)
  }
  return pending.length
}

async function findPending(run: Run, migrations: MigrationMeta[]) {
  // Not to_regclass(): it may answer from a cache of before the lock, when the one before us has just made the table.
  const found = await run(
    `SELECT 1 AS found FROM pg_tables WHERE schemaname = 'drizzle' AND tablename = '__drizzle_migrations'`,
  )
  if (found.length === 0) return migrations
  const [last] = await run(`SELECT max(created_at)::text AS "at" FROM ${RECORD}`)
  return migrations.filter(({ folderMillis }) => folderMillis > Number(last?.at ?? 0))
}

function isEmbedded(handle: DatabaseHandle): handle is EmbeddedHandle {
  return handle.kind === 'embedded'
}
