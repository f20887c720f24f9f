import { fileURLToPath } from 'node:url'
import type { MigrationMeta } from 'drizzle-orm/migrator'
import type { DatabaseHandle } from './database.ts'
import { withDeadline } from './deadline.ts'
import type { EmbeddedHandle } from './embedded/embedded.ts'
import { type Migrations, readMigrations } from './migration-files.node.ts'
import { recordSchema, recordTable } from './migration-record.ts'
import { dialPostgres } from './postgres/dial.ts'
import { DatabaseRefusal, explainRefusal } from './postgres/refusal.ts'
import { missingForMigrations, missingForService, type Row, type Run } from './postgres/rights.ts'
import { type PostgresTarget, parsePostgresUrl } from './postgres/target.ts'

/** An arbitrary number, but the same for every process that migrates this database. */
const LOCK = 7_402_026

/** Milliseconds for the connection and for reading the present schema. */
const RESPONSE_TIMEOUT = 10_000

/**
 * Applies the SQL files of Drizzle Kit in `folder` to a database, without a deadline. Processes may call it
 * concurrently: one migrates, the others wait. On PostgreSQL all files are one transaction; on the embedded database,
 * each file is one. Returns the number of applied files. On PostgreSQL, a role with rights on all rows and nothing else
 * is enough if there is nothing to apply.
 * @throws DatabaseRefusal if this role lacks a right, and other errors of the database unchanged
 */
export async function migrate(
  target: { url: string } | { handle: DatabaseHandle },
  folder: string = fileURLToPath(new URL('../../drizzle', import.meta.url)),
): Promise<{ applied: number }> {
  const migrations = readMigrations(folder)
  if ('url' in target) return { applied: await migratePostgres(parsePostgresUrl(target.url), migrations) }
  if (!isEmbedded(target.handle)) throw new TypeError('To migrate a PostgreSQL server, pass its url.')
  return { applied: await apply(target.handle.script, migrations.files) }
}

async function migratePostgres(target: PostgresTarget, migrations: Migrations) {
  let isLost = false
  const sql = dialPostgres(target, {
    connect_timeout: RESPONSE_TIMEOUT / 1000,
    onclose: () => {
      isLost = true
    },
  })
  const run: Run = async (script) => {
    // Otherwise postgres.js would reconnect and continue outside the transaction.
    if (isLost) throw Object.assign(new Error('The connection was lost.'), { code: 'CONNECTION_CLOSED' })
    // Rows, or a list of rows for each statement if there are several.
    const results: readonly unknown[] = await sql.unsafe(script)
    return (Array.isArray(results[0]) ? results.at(-1) : results) as Row[]
  }
  try {
    // The usual case takes no lock and works on a standby.
    const pending = await withDeadline(findPending(run, migrations.files), RESPONSE_TIMEOUT)
    const applied =
      pending.length === 0 ? 0 : await inLockedTransaction(run, () => apply(run, migrations.files))
    await refuseMissing(await withDeadline(missingForService(run, migrations), RESPONSE_TIMEOUT))
    return applied
  } catch (error) {
    throw await explainRefusal(error, target, async () => [
      ...(await missingForService(run, migrations)),
      ...(await missingForMigrations(run, migrations)),
    ])
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {})
  }
}

async function refuseMissing(missing: readonly string[]) {
  if (missing.length > 0) throw new DatabaseRefusal(missing.join(' '))
}

/** A lock of the transaction, which ends with it in every case. A session lock would not work through PgBouncer. */
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
  if (pending.length === 0) return 0
  const record = await prepareRecord(run)
  const [trigrams] = await run(`
    SELECT quote_ident(nspname) AS schema FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'pg_trgm'`)
  for (const { sql, hash, folderMillis } of pending) {
    const script = sql.join('\n;\n')
    // An extension that existed before may be in a schema outside the search path.
    const found = trigrams
      ? script.replace(/\bgin_trgm_ops\b/g, () => `${trigrams.schema}.gin_trgm_ops`)
      : script
    await run(`
      CREATE TABLE IF NOT EXISTS ${record} (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      ${found}
      ;
      INSERT INTO ${record} (hash, created_at) VALUES ('${hash}', ${folderMillis})`)
  }
  return pending.length
}

/** The record table, with its schema. New objects go into the schema of the existing ones, whatever the search path. */
async function prepareRecord(run: Run) {
  const [place] = await run(
    `SELECT ${recordSchema} AS schema, quote_ident(current_schema()) AS current, current_setting('search_path') AS path`,
  )
  if (place?.schema == null) return recordTable
  const home = place.schema === 'drizzle' ? 'public' : String(place.schema)
  if (home !== place.current) {
    const path = `${home}, ${place.path}`.replaceAll("'", "''")
    await run(`SELECT set_config('search_path', '${path}', true)`)
  }
  return `${place.schema}.${recordTable}`
}

async function findPending(run: Run, migrations: MigrationMeta[]) {
  // Not to_regclass(): its cache may predate the lock and miss a table that another process has just created.
  const [found] = await run(`SELECT ${recordSchema} AS schema`)
  if (found?.schema == null) return migrations
  const [last] = await run(`SELECT max(created_at)::text AS "at" FROM ${found.schema}.${recordTable}`)
  return migrations.filter(({ folderMillis }) => folderMillis > Number(last?.at ?? 0))
}

function isEmbedded(handle: DatabaseHandle): handle is EmbeddedHandle {
  return handle.kind === 'embedded'
}
