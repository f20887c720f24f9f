import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { connector } from '#postgres-connector'
import { parseArray } from './arrays.ts'
import type { PostgresTarget } from './target.ts'

/**
 * Array types by their fixed oid (pg_type.dat). postgres.js would look them up in each new connection: one more round
 * trip, on Workers in every request.
 */
const arrays: Record<string, PostgresType> = {
  texts: { to: 1009, from: [1009, 1015, 2951], serialize: String, parse: parseArray }, // text, varchar, uuid
  numbers: { to: 1007, from: [1005, 1007, 1021, 1022], serialize: String, parse: parseNumbers }, // int2, int4, floats
}

/** The maximum number of connection attempts of a client per second. */
const MAX_ATTEMPTS = 3

type DialOptions = Options<Record<string, PostgresType>> & {
  /** Seconds until connecting must succeed, unless the URL has another value. */
  connect_timeout: number
}

/**
 * A postgres.js client with one connection, which its first query opens. `options` add to the common options. It never
 * gets the URL, since postgres.js interprets URLs differently (FAULTS.md).
 */
export function dialPostgres(target: PostgresTarget, options: DialOptions): Sql {
  const { user, password, database, settings, isPrepared, connectTimeout } = target
  const closed = new AbortController()
  const connect_timeout = connectTimeout ?? options.connect_timeout
  const sql = postgres({
    max: 1,
    types: arrays,
    fetch_types: false,
    onnotice: () => {}, // it would print them
    prepare: isPrepared,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    connection: settings,
    ...options,
    connect_timeout,
    ...connector(target, connect_timeout * 1000, closed.signal),
  })
  limitAttempts(sql)
  const { end } = sql
  sql.end = async (how) => {
    try {
      await end(how)
    } finally {
      closed.abort() // postgres.js would accept a socket that arrives later
    }
  }
  return sql
}

function parseNumbers(text: string) {
  return parseArray(text).map((element) => (element === null ? null : Number(element)))
}

/**
 * If a server closes the connection at once, as load balancers without a backend do, postgres.js reconnects in an
 * endless loop, thousands of times per second. It reads this name at each attempt, and an error here ends the attempt.
 */
function limitAttempts(sql: Sql) {
  const name = sql.options.connection.application_name
  let second = 0
  let attempts = 0
  Object.defineProperty(sql.options.connection, 'application_name', {
    enumerable: true,
    get: () => {
      const now = Math.floor(Date.now() / 1000)
      attempts = now === second ? attempts + 1 : 1
      second = now
      if (attempts <= MAX_ATTEMPTS) return name
      throw Object.assign(new Error('The server hangs up.'), { code: 'CONNECTION_CLOSED' })
    },
  })
}
