import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import { openConnection, type QueryObserver } from './postgres/connection.ts'
import { dialPostgres } from './postgres/dial.ts'
import { chooseConnection } from './postgres/pool.ts'
import { addressOf, parsePostgresUrl } from './postgres/target.ts'
import type { Workload } from './workload.ts'

/** The common type of Drizzle's databases on postgres.js and on PGlite. `transaction` is refused on both. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>

export interface DatabaseHandle {
  readonly kind: 'postgres' | 'embedded'
  /** Host and database name, or the folder, for messages and logs. Never contains a user name or a password. */
  readonly description: string
  /** A database for queries of this workload, valid until `close`. Connects only when a query is sent. */
  connect(workload: Workload): Database
  /** Counters since the start; absent where nothing is counted. */
  stats?(): DatabaseStats
  /** Waits for running queries, then frees all resources. A second call does nothing more. */
  close(): Promise<void>
}

/** Totals of all connections of a handle. */
export interface DatabaseStats {
  connections: number
  /** Queries without a response so far. */
  waiting: number
  queries: number
  /** The queries that passed their deadline. */
  timeouts: number
}

interface PostgresOptions {
  /** postgres://user:password@host:port/database */
  url: string
  /** The number of connections. Each is opened by its first query. */
  connections: number
  /** Deadline of each query and of connecting, in milliseconds. */
  timeout: number
  /** Called at the start of each query. */
  observe?: QueryObserver | undefined
}

/** The pool of each database object; one pool has several. */
const pools = new WeakMap<Database, object>()

/** The same object for all connections of a pool: a key for state that they share. */
export function poolOf(db: Database): object {
  return pools.get(db) ?? db
}

/**
 * Opens a PostgreSQL server through `connections` clients with one connection each. On each connection postgres.js
 * sends queries without waiting for earlier results (pipelining), which is 1.7 times as fast as its own pool. The first
 * query connects. @throws DatabaseUrlError if the URL cannot be used
 */
export function openPostgres({ url, connections, timeout, observe }: PostgresOptions): DatabaseHandle {
  const target = parsePostgresUrl(url)
  const dial = () =>
    dialPostgres(target, {
      connect_timeout: timeout / 1000,
      // Firewalls drop idle connections silently. The next query on such a connection would fail at its deadline.
      idle_timeout: 300,
    })
  const pool = {}
  const clients = Array.from({ length: connections }, () => {
    const connection = openConnection(dial, timeout, observe)
    const db: Database = drizzle({ client: connection.client })
    pools.set(db, pool)
    return { connection, db, load: connection.load }
  })
  const choose = chooseConnection(clients)

  return {
    kind: 'postgres',
    description: addressOf(target),
    connect: (workload) => choose(workload).db,
    stats: () => {
      const total = { connections: clients.length, waiting: 0, queries: 0, timeouts: 0 }
      for (const { connection } of clients) {
        const { waiting, queries, timeouts } = connection.stats()
        total.waiting += waiting
        total.queries += queries
        total.timeouts += timeouts
      }
      return total
    },
    close: async () => {
      await Promise.all(clients.map(({ connection }) => connection.close()))
    },
  }
}
