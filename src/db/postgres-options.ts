import postgres, { type Options, type PostgresType, type Sql } from 'postgres'
import { parseArray } from './postgres-arrays.ts'

/** Parameters that libpq and other clients understand; postgres.js would send them to the server, which refuses them. */
const FOREIGN_PARAMETERS = [
  'channel_binding',
  'gssencmode',
  'pgbouncer',
  'schema',
  'connection_limit',
  'pool_timeout',
]

/**
 * Array types by their fixed oid (pg_type.dat). postgres.js would look them up in each new connection, a round trip
 * more: on Workers, one more in every request.
 */
const arrays: Record<string, PostgresType> = {
  texts: { to: 1009, from: [1009, 1015, 2951], serialize: String, parse: parseArray }, // text, varchar, uuid
  numbers: { to: 1007, from: [1005, 1007, 1021, 1022], serialize: String, parse: parseNumbers }, // int2, int4, floats
}

/** How often a second a client may try to connect. */
const MAX_ATTEMPTS = 3

/**
 * A postgres.js client of one connection, which its first query opens; `options` add to what all of ours have in
 * common. Throws when the URL is not one of PostgreSQL, without repeating it: it may hold a password.
 */
export function dialPostgres(url: string, options: Options<Record<string, PostgresType>>): Sql {
  const isPooled = parseUrl(url).searchParams.get('pgbouncer') === 'true'
  const sql = postgres(withoutParameters(url, FOREIGN_PARAMETERS), {
    max: 1,
    types: arrays,
    fetch_types: false,
    onnotice: () => {}, // it would print them
    ...(isPooled && { prepare: false }),
    ...options,
  })
  limitAttempts(sql)
  return sql
}

/** The host and the database of a PostgreSQL URL, for people. */
export function addressOf(url: string): string {
  const { host, pathname } = parseUrl(url)
  return `${host}${pathname}`
}

function parseUrl(url: string) {
  // Of several hosts, which URL does not know, the first: postgres://user@one:5432,two:5432/database
  const first = url.replace(/,[^/?@]*(?=[/?]|$)/, '')
  const parsed = URL.canParse(first) ? new URL(first) : undefined
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new Error('The database URL must look like postgres://user:password@host:5432/database.')
  }
  return parsed
}

function withoutParameters(url: string, names: readonly string[]) {
  const start = url.lastIndexOf('?')
  if (start === -1) return url
  const parameters = new URLSearchParams(url.slice(start))
  for (const name of names) parameters.delete(name)
  return parameters.size === 0 ? url.slice(0, start) : `${url.slice(0, start)}?${parameters}`
}

function parseNumbers(text: string) {
  return parseArray(text).map((element) => (element === null ? null : Number(element)))
}

/**
 * When a server hangs up without a word, as load balancers with nothing behind them do, postgres.js connects again at
 * once and for ever, thousands of times a second. It reads this name at each attempt, and an error ends the attempt.
 */
function limitAttempts(sql: Sql) {
  let second = 0
  let attempts = 0
  Object.defineProperty(sql.options.connection, 'application_name', {
    enumerable: true,
    get: () => {
      const now = Math.floor(Date.now() / 1000)
      attempts = now === second ? attempts + 1 : 1
      second = now
      if (attempts <= MAX_ATTEMPTS) return 'gatepost'
      throw Object.assign(new Error('The server hangs up.'), { code: 'CONNECTION_CLOSED' })
    },
  })
}
