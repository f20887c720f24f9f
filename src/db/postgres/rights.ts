import type { Migrations } from '../migration-files.node.ts'
import { recordSchema, recordTable } from '../migration-record.ts'

// Finds missing rights in PostgreSQL's catalogs, since its error messages are in the language of the server and name
// one object at a time. Each query returns sentences with the statement that grants the right.

/** Runs statements as one transaction and returns the rows of the last. */
export type Run = (script: string) => Promise<Row[]>

export type Row = Record<string, unknown>

/** The missing statements, joined; `what` names the object in the message. */
interface MissingRight {
  what: string
  statement: string
}

/**
 * Checks the rights that a role needs to run the service: on all rows of all tables, and no more. Returns one sentence,
 * or an empty list if nothing is missing. Not checked on a standby, where nobody can write.
 */
export async function missingForService(run: Run, { tables, functions }: Migrations): Promise<string[]> {
  const readOnly = await readOnlySession(run)
  if (readOnly.length > 0) return readOnly
  return sentence(run, [
    ...(await missingRights(
      run,
      `
      SELECT 'USAGE on schema ' || nspname AS what, format('GRANT USAGE ON SCHEMA %I TO %I', nspname, current_user) AS statement
      FROM pg_namespace WHERE quote_ident(nspname) = ${recordSchema} AND NOT has_schema_privilege(oid, 'USAGE')`,
    )),
    ...(await missingRights(
      run,
      `
      SELECT string_agg(wanted, ', ') || ' on table ' || relname AS what,
        format('GRANT %s ON %I.%I TO %I', string_agg(wanted, ', '), nspname, relname, current_user) AS statement
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
      WHERE relkind IN ('r', 'p')
        AND (relname = ANY (${list(tables)}) AND pg_table_is_visible(pg_class.oid)
          OR relname = '${recordTable}' AND quote_ident(nspname) = ${recordSchema} AND wanted = 'SELECT')
        AND NOT has_table_privilege(pg_class.oid, wanted)
      GROUP BY nspname, relname ORDER BY relname`,
    )),
    ...(await missingRights(
      run,
      `
      SELECT 'EXECUTE on function ' || proname AS what,
        format('GRANT EXECUTE ON FUNCTION %s TO %I', oid::regprocedure, current_user) AS statement
      FROM pg_proc WHERE proname = ANY (${list(functions)}) AND pg_function_is_visible(oid)
        AND NOT has_function_privilege(oid, 'EXECUTE') ORDER BY proname`,
    )),
  ])
}

/**
 * Checks the further rights that a role needs to create and change the tables. Returns one sentence, or an empty list
 * if nothing is missing.
 */
export async function missingForMigrations(run: Run, migrations: Migrations): Promise<string[]> {
  const places = [...(await missingSchema(run)), ...(await missingExtension(run))]
  const [{ upgrades } = {}] = await run(`SELECT ${recordSchema} IS NOT NULL AS upgrades`)
  const missing = places.length > 0 ? places : await wrongOwners(run, migrations)
  const other = upgrades ? ', or run gatepost migrate as the role that owns the tables' : ''
  return sentence(run, missing, other)
}

/** Read-only without being a standby: because of a setting of the role, the database or the URL. */
async function readOnlySession(run: Run): Promise<string[]> {
  const [row] = await run(`
    SELECT current_user AS role, source,
      CASE source
        WHEN 'user' THEN format('ALTER ROLE %I RESET default_transaction_read_only', current_user)
        WHEN 'database user' THEN
          format('ALTER ROLE %I IN DATABASE %I RESET default_transaction_read_only', current_user, current_database())
        WHEN 'database' THEN format('ALTER DATABASE %I RESET default_transaction_read_only', current_database())
        ELSE 'ALTER SYSTEM RESET default_transaction_read_only; SELECT pg_reload_conf()'
      END AS statement
    FROM pg_settings WHERE name = 'default_transaction_read_only' AND setting = 'on' AND NOT pg_is_in_recovery()`)
  if (!row) return []
  if (row.source === 'client') {
    return [
      'DATABASE_URL itself makes every transaction read-only (default_transaction_read_only): take that out.',
    ]
  }
  return [
    `The role ${quoted(row.role)} may read only, since default_transaction_read_only is on: let an administrator run ${row.statement};`,
  ]
}

async function missingSchema(run: Run): Promise<MissingRight[]> {
  const inPath = await run(`
    SELECT part AS name, pg_namespace.oid IS NOT NULL AS exists, current_schema() IS NULL AS nowhere,
      current_schema() = part AS is_current,
      CASE WHEN pg_namespace.oid IS NOT NULL THEN has_schema_privilege(pg_namespace.oid, 'USAGE') END AS usage,
      CASE WHEN pg_namespace.oid IS NOT NULL THEN has_schema_privilege(pg_namespace.oid, 'CREATE') END AS "create",
      format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', part, current_user) AS "grant",
      format('CREATE SCHEMA %I AUTHORIZATION %I', part, current_user) AS make
    FROM (
      SELECT CASE WHEN trimmed = '$user' THEN current_user ELSE trimmed END AS part, at FROM (
        SELECT replace(regexp_replace(btrim(raw), '^"(.*)"$', '\\1'), '""', '"') AS trimmed, at
        FROM regexp_split_to_table(current_setting('search_path'), ',') WITH ORDINALITY AS parts (raw, at)
      ) AS all_parts
    ) AS path LEFT JOIN pg_namespace ON nspname = part ORDER BY at`)
  const current = inPath.find((one) => one.is_current) ?? inPath.find((one) => one.exists) ?? inPath.at(-1)
  if (!current) return [{ what: 'a schema in its search_path', statement: 'SET search_path = public' }]
  if (!current.exists) return [{ what: `the schema ${current.name}`, statement: String(current.make) }]
  const missing = [...(current.usage ? [] : ['USAGE']), ...(current.create ? [] : ['CREATE'])]
  if (missing.length === 0) return []
  return [
    {
      what: `${missing.join(', ')} on schema ${current.name}`,
      statement: String(current.grant).replace('USAGE, CREATE', missing.join(', ')),
    },
  ]
}

async function missingExtension(run: Run): Promise<MissingRight[]> {
  const [row] = await run(`
    SELECT available.name IS NOT NULL AS available, nspname AS schema,
      has_database_privilege(current_database(), 'CREATE') AS "create",
      nspname IS NULL OR has_schema_privilege(pg_namespace.oid, 'USAGE') AS usage,
      format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS "grant",
      format('GRANT USAGE ON SCHEMA %I TO %I', coalesce(nspname, ''), current_user) AS grant_usage
    FROM (SELECT) AS one LEFT JOIN pg_available_extensions AS available ON name = 'pg_trgm'
      LEFT JOIN pg_extension ON extname = 'pg_trgm' LEFT JOIN pg_namespace ON pg_namespace.oid = extnamespace`)
  if (!row) return []
  if (row.schema !== null) {
    const what = `USAGE on schema ${row.schema}, where the extension pg_trgm is`
    return row.usage ? [] : [{ what, statement: String(row.grant_usage) }]
  }
  if (!row.available) {
    return [
      {
        what: 'the extension pg_trgm, in a package of PostgreSQL named contrib',
        statement: 'CREATE EXTENSION pg_trgm',
      },
    ]
  }
  if (row.create) return []
  const what = 'CREATE on the database, for the extension pg_trgm'
  return [{ what, statement: `${row.grant}; or CREATE EXTENSION pg_trgm` }]
}

/** To change an object, a role must own it or be a member of the role that does. */
async function wrongOwners(run: Run, { tables, functions }: Migrations): Promise<MissingRight[]> {
  return [
    ...(await missingRights(
      run,
      `
      SELECT 'ownership of table ' || relname AS what,
        format('ALTER TABLE %I.%I OWNER TO %I', nspname, relname, current_user) AS statement
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind IN ('r', 'p') AND NOT pg_has_role(relowner, 'USAGE')
        AND (relname = ANY (${list(tables)}) AND pg_table_is_visible(pg_class.oid)
          OR relname = '${recordTable}' AND quote_ident(nspname) = ${recordSchema})
      ORDER BY relname`,
    )),
    ...(await missingRights(
      run,
      `
      SELECT 'ownership of function ' || proname AS what,
        format('ALTER FUNCTION %s OWNER TO %I', oid::regprocedure, current_user) AS statement
      FROM pg_proc WHERE proname = ANY (${list(functions)}) AND pg_function_is_visible(oid)
        AND NOT pg_has_role(proowner, 'USAGE') ORDER BY proname`,
    )),
  ]
}

async function missingRights(run: Run, query: string): Promise<MissingRight[]> {
  return (await run(query)).map(({ what, statement }) => ({
    what: String(what),
    statement: String(statement),
  }))
}

async function sentence(run: Run, missing: readonly MissingRight[], other = ''): Promise<string[]> {
  if (missing.length === 0) return []
  const [row] = await run('SELECT current_user AS role, current_database() AS database')
  const rights = missing.map(({ what }) => what).join('; ')
  const statements = missing.map(({ statement }) => `${statement};`).join(' ')
  return [
    `The role ${quoted(row?.role)} lacks rights in the database ${quoted(row?.database)} (${rights})${other}: let an administrator run ${statements}`,
  ]
}

function quoted(name: unknown) {
  return `"${String(name).replaceAll('"', '""')}"`
}

function list(names: readonly string[]) {
  return `ARRAY[${names.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')}]::name[]`
}
