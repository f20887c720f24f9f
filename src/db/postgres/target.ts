import { parse as parseConnectionString } from 'pg-connection-string'
import { DatabaseUrlError } from './database-url-error.ts'
import { readParameters } from './read-parameters.ts'
import { readTls, type Tls } from './tls-mode.ts'
import { isYes } from './url-parameters.ts'

/** The place of a server: a name, an address, or the folder of its Unix socket, which begins with a slash. */
export interface Host {
  name: string
  /** An IP address to connect to, without a DNS query for the name. */
  address?: string
  port: number
}

/**
 * The contents of a PostgreSQL URL, interpreted as libpq does (PostgreSQL manual, 32.1 "Database Connection Control").
 */
export interface PostgresTarget {
  /** At least one host; they are tried in this order. */
  hosts: [Host, ...Host[]]
  /** undefined: from the environment (PGUSER), or the user of the process. */
  user: string | undefined
  password: string | undefined
  /** undefined: the user name. */
  database: string | undefined
  tls: Tls
  /** Settings to send to the server at the start of a connection. */
  settings: Record<string, string>
  /** Whether queries may be prepared by name; not behind a pooler without support for them. */
  isPrepared: boolean
  /** Seconds for each host; undefined: the caller's own timeout. */
  connectTimeout: number | undefined
  /** Milliseconds; undefined: no keepalives. */
  keepalive: { idle: number; interval: number; count: number } | undefined
  session: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby'
  isShuffled: boolean
  /** Names of parameters without effect. */
  ignored: string[]
}

const shape =
  'must look like postgres://user:password@host:5432/database, with the special characters of the password percent-encoded.'

/**
 * Parses a PostgreSQL URL: several hosts, IPv6 literals, folders of Unix sockets, percent-encoded names, and the
 * parameters of libpq and of other clients. Pure: it reads no file and no environment. @throws DatabaseUrlError
 */
export function parsePostgresUrl(url: string): PostgresTarget {
  const { start, hostList, path, query } = split(url)
  const parameters = readParameters(query)
  const { user, password, database } = readBase(`${start}host${path}`)
  const { values } = parameters
  const hosts = readHosts(hostList, values)
  const isSocket = hosts.every(({ name, address }) => address === undefined && name.startsWith('/'))
  return {
    hosts,
    user: values.user || user,
    password: values.password || password,
    database: values.dbname || database,
    tls: readTls(values, isSocket),
    settings: readSettings(values, parameters.settings),
    isPrepared: !isYes(values.pgbouncer) && values.statement_cache_size !== '0' && !isNo(values),
    connectTimeout: Number(values.connect_timeout) || undefined,
    keepalive: readKeepalive(values),
    session: (values.target_session_attrs ?? 'any') as PostgresTarget['session'], // readParameters has checked the value
    isShuffled: values.load_balance_hosts === 'random',
    ignored: parameters.ignored,
  }
}

/** The hosts and the database, for messages and logs. Never contains a user name or a password. */
export function addressOf({ hosts, database }: PostgresTarget): string {
  const names = hosts.map(({ name, port }) => `${name.includes(':') ? `[${name}]` : name}:${port}`)
  return database === undefined ? names.join(',') : `${names.join(',')}/${encodeURIComponent(database)}`
}

/**
 * Splits a URL. The list of hosts is replaced for the parser, which supports only one host. If the special characters
 * of a password are not encoded, part of it would be parsed as something else, so the message repeats nothing.
 */
function split(url: string) {
  const found =
    /^(?<start>postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)(?<hosts>[^@/?#]*)(?<path>(?:\/[^?#]*)?)(?:\?(?<query>[^#]*))?$/.exec(
      url,
    )?.groups
  if (!found || /%(?![0-9a-f]{2})|[\s\0]/i.test(url)) throw new DatabaseUrlError(shape)
  const { start = '', hosts = '', path = '', query = '' } = found
  if (!start.includes('@') && `${path}${query}`.includes('@')) throw new DatabaseUrlError(shape)
  return { start, hostList: hosts, path, query }
}

function readBase(url: string) {
  try {
    const [base = '', path = ''] = splitAt(url, url.indexOf('/', url.indexOf('//') + 2))
    const { user, password } = parseConnectionString(base)
    // The parser leaves %2F and the like in the name of the database; libpq decodes them.
    const database = decodeURIComponent(path.slice(1))
    if (/\0/.test(`${user}${password}${database}`)) throw new DatabaseUrlError(shape)
    return { user: user || undefined, password: password || undefined, database: database || undefined }
  } catch {
    throw new DatabaseUrlError(shape) // not the parser's own error, which may contain the URL
  }
}

function splitAt(text: string, index: number) {
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index)]
}

/** The rules of libpq: as many ports as hosts, or one port for all; parameters override the part before the path. */
function readHosts(list: string, { host, hostaddr, port }: Record<string, string>): PostgresTarget['hosts'] {
  const written = list === '' ? [] : list.split(',').map(readHost)
  const names = host ? host.split(',') : written.map(({ name }) => name)
  const addresses = hostaddr ? hostaddr.split(',') : []
  const ports = port ? port.split(',') : written.map((one) => one.port)
  const count = Math.max(names.length, addresses.length)
  if (count === 0 || (names.length === 0 && addresses.length === 0)) throw new DatabaseUrlError(shape)
  if (names.length > 0 && addresses.length > 0 && names.length !== addresses.length)
    throw new DatabaseUrlError('has another number of values in host than in hostaddr.')
  if (ports.length > 1 && ports.length !== count)
    throw new DatabaseUrlError('has another number of ports than of hosts.')
  if (addresses.some((address) => !/^[\d.]+$|^[\da-f:.]+$/i.test(address)))
    throw new DatabaseUrlError('has a hostaddr that is not a list of IP addresses; names belong into host.')
  const hosts = Array.from({ length: count }, (_, index): Host => {
    const address = addresses[index]
    const name = names[index] || address || 'localhost'
    const number = Number((ports.length === 1 ? ports[0] : ports[index]) || 5432)
    return { name, ...(address && { address }), port: number }
  })
  return hosts as PostgresTarget['hosts'] // at least one, see count
}

function readHost(written: string) {
  const found = /^(?:\[(?<ip>[^\]]+)\]|(?<name>[^:[\]]*))(?::(?<port>\d{0,5}))?$/.exec(written)?.groups
  if (!found || Number(found.port || 1) > 65_535 || Number(found.port || 1) < 1)
    throw new DatabaseUrlError(shape)
  const name = decodeURIComponent(found.ip ?? found.name ?? '')
  if (found.ip !== undefined && !/^[\da-f:.]+(%.+)?$/i.test(name)) throw new DatabaseUrlError(shape)
  if (name === '' || /[\0/]/.test(name.replace(/^\/[^\0]*$/, ''))) throw new DatabaseUrlError(shape)
  return { name, port: found.port ?? '' }
}

function readSettings(values: Record<string, string>, settings: Record<string, string>) {
  const schema = values.schema || values.currentSchema
  const path = values.search_path || (schema && `"${schema.replaceAll('"', '""')}"`)
  return {
    ...settings,
    application_name: values.application_name || values.fallback_application_name || 'gatepost',
    ...(path && { search_path: path }),
    ...(values.options && { options: values.options }),
  }
}

function readKeepalive(values: Record<string, string>): PostgresTarget['keepalive'] {
  if (values.keepalives === '0') return undefined
  const seconds = (name: string, otherwise: number) => Number(values[name] || 0) || otherwise
  return {
    idle: seconds('keepalives_idle', 60) * 1000,
    interval: seconds('keepalives_interval', 10) * 1000,
    count: seconds('keepalives_count', 6),
  }
}

function isNo({ prepared_statements: rails, prepare }: Record<string, string>) {
  return [rails, prepare].some((value) => value !== undefined && !isYes(value))
}
