import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import postgres from 'postgres'
import { acceptsStartup } from './accepts-startup.node.ts'
import { asWritten } from './as-written.ts'
import { ConnectError } from './connect-error.ts'
import { encrypt } from './encrypt.node.ts'
import type { Host, PostgresTarget } from './target.ts'

/** Hosts that accept this user with the first choice of encryption, so that new connections skip the test. */
const accepting = new Set<string>()

/**
 * How postgres.js connects on Node: through a function that opens the socket, so that hosts, TLS and timeouts follow
 * libpq. FAULTS.md explains what postgres.js does otherwise. `timeout`: milliseconds for each host.
 */
export function connector(target: PostgresTarget, timeout: number, aborted: AbortSignal) {
  let current: { socket: Socket; host: Host } | undefined
  const [{ name, port }] = target.hosts
  return {
    // Only for the texts of errors. With several hosts, postgres.js would hide the error.
    ...asWritten(name, port),
    ssl: false,
    keep_alive: null,
    sslnegotiation: null,
    /** A client has one connection. If that is open, a new connection is for cancelling a query on the same server. */
    socket: async () => {
      const cancels = current !== undefined && !current.socket.destroyed
      if (cancels && current) return openSocket(target, current.host, timeout, aborted)
      const found = await findHost(target, timeout, aborted)
      current = found
      return found.socket
    },
  }
}

/** Tries the hosts in order, or in random order if the URL asks for that (libpq: load_balance_hosts). */
async function findHost(target: PostgresTarget, timeout: number, aborted: AbortSignal) {
  const { session, isShuffled, hosts } = target
  const order = isShuffled ? shuffled(hosts) : hosts
  const rounds = session === 'prefer-standby' ? ['standby', 'any'] : [session]
  const attempts = rounds.flatMap((wanted) => order.map((host) => ({ host, wanted })))
  const failures: unknown[] = []
  for (const { host, wanted } of attempts) {
    try {
      if (wanted !== 'any') await checkSession(target, host, { wanted, timeout, aborted })
      return { host, socket: await openSocket(target, host, timeout, aborted) }
    } catch (error) {
      // As in libpq, a server that refuses the password or the database ends the attempt; no other host is tried.
      if (aborted.aborted || isRefusal(error)) throw error
      failures.push(error)
    }
  }
  throw allOf(failures)
}

function allOf(failures: readonly unknown[]) {
  const [first] = failures
  if (failures.length === 1) return first
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)))
  return new ConnectError(codeOf(first) ?? 'ECONNREFUSED', [...new Set(reasons)].join(' '))
}

/** Checks the role of a server on a separate connection (libpq: target_session_attrs). @throws ConnectError */
async function checkSession(
  target: PostgresTarget,
  host: Host,
  { wanted, timeout, aborted }: { wanted: string; timeout: number; aborted: AbortSignal },
) {
  const { user, password, database, settings } = target
  const options = {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    connection: settings,
    connect_timeout: timeout / 1000,
    ...asWritten(host.name, host.port),
    ssl: false,
    socket: () => openSocket(target, host, timeout, aborted),
  }
  const sql = postgres(options)
  try {
    const [row] = await sql.unsafe(
      `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS readonly`,
    )
    const is = { 'read-write': !row?.readonly, 'read-only': row?.readonly, primary: !row?.standby }
    if ({ ...is, standby: row?.standby }[wanted]) return
  } finally {
    sql.end({ timeout: 0 }).catch(() => {})
  }
  throw new ConnectError(
    'NO_SUCH_SESSION',
    `The server at ${placeOf(host)} is not what target_session_attrs=${wanted} asks for.`,
  )
}

/** A socket on which the server expects the startup message. @throws ConnectError */
async function openSocket(target: PostgresTarget, host: Host, timeout: number, aborted: AbortSignal) {
  const late = AbortSignal.timeout(timeout)
  const signal = AbortSignal.any([late, aborted])
  try {
    return await encrypted(target, host, signal)
  } catch (error) {
    if (aborted.aborted) throw new ConnectError('CONNECTION_DESTROYED', 'The database is closed.')
    if (!late.aborted) throw error
    throw new ConnectError('CONNECT_TIMEOUT', `The server at ${placeOf(host)} does not answer.`)
  }
}

/** If the first choice of encryption is refused or fails, the second is tried, as sslmode allow and prefer require. */
async function encrypted(target: PostgresTarget, host: Host, signal: AbortSignal): Promise<Socket> {
  const { attempts } = target.tls
  const [first, second] = attempts
  if (second === undefined) return open(target, host, first, signal)
  const key = JSON.stringify([host, target.user, target.database, first])
  try {
    const socket = await open(target, host, first, signal)
    if (accepting.has(key) || (first === 'tls' && !(socket instanceof TLSSocket))) return socket
    if (await acceptsStartup(socket, target)) {
      accepting.add(key)
      return await open(target, host, first, signal)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (first === 'plain' || !isAboutTls(error)) throw error
  }
  return open(target, host, second, signal)
}

async function open(
  { tls, keepalive }: PostgresTarget,
  host: Host,
  as: 'tls' | 'plain',
  signal: AbortSignal,
) {
  const socket = host.name.startsWith('/') && host.address === undefined ? unixSocket(host) : tcpSocket(host)
  const giveUp = () => socket.destroy()
  signal.addEventListener('abort', giveUp)
  try {
    signal.throwIfAborted()
    await connected(socket)
    if (keepalive !== undefined)
      socket.setKeepAlive(true, keepalive.idle, keepalive.interval, keepalive.count)
    socket.setNoDelay(true)
    return as === 'plain' ? socket : await encrypt(socket, host, tls)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function unixSocket({ name, port }: Host) {
  return connectSocket({ path: `${name}/.s.PGSQL.${port}` })
}

function tcpSocket({ name, address, port }: Host) {
  return connectSocket({ host: address ?? name, port, autoSelectFamily: isIP(address ?? name) === 0 })
}

function connected(socket: Socket) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onClose = () => reject(new ConnectError('CONNECTION_CLOSED', 'The connection was closed.'))
  socket.once('connect', resolve).once('error', reject).once('close', onClose)
  return promise.finally(() => {
    socket.off('connect', resolve).off('error', reject).off('close', onClose)
    socket.on('error', () => {}) // until the next owner listens: an error without a handler would end the process
  })
}

/** Host and port, for messages. */
function placeOf({ name, port }: Host) {
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}

function isRefusal(error: unknown) {
  const code = codeOf(error) ?? ''
  return /^28|^3D000$|^42501$/.test(code)
}

/** Not for an unreachable server: the second attempt would fail too. */
function isAboutTls(error: unknown) {
  return /^(TLS_|ERR_(TLS|SSL|OSSL))|CERT|UNABLE_TO_|^ECONNRESET$|^CONNECTION_CLOSED$/.test(
    codeOf(error) ?? '',
  )
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function shuffled<T>(all: readonly T[]): T[] {
  const left = [...all]
  return all.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] as T)
}
