/** The database did not answer a query before its deadline. What the query would have done may still happen. */
export class DatabaseTimeoutError extends Error {
  override name = 'DatabaseTimeoutError'

  constructor(milliseconds: number) {
    super(`The database did not answer within ${milliseconds} ms.`)
  }
}

/** The folder of the embedded database cannot be used; the message says why and what to do, in one sentence. */
export class DataFolderError extends Error {
  override name = 'DataFolderError'
}

/**
 * Classes of SQLSTATE (PostgreSQL manual, appendix A) that speak of the server and not of the query: 08 connection,
 * 28 log-in refused, 53 out of disk, memory or connections, 57 cancelled or shut down, 58 I/O error.
 */
const UNAVAILABLE_CLASSES = new Set(['08', '28', '53', '57', '58'])

const UNAVAILABLE_CODES = new Set([
  '25006', // read-only: a standby, or the old primary after a failover
  '3D000', // no such database
  ...['40001', '40P01', '55P03'], // lost against another transaction: the same request succeeds later
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED'], // postgres.js
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTCONN', 'EADDRNOTAVAIL'],
])

/** A certificate that is not trusted, or no TLS at all where the URL asks for it (Node's and OpenSSL's codes). */
const TLS_CODE = /^ERR_(TLS|SSL)_|^CERT_|_CERT(IFICATE)?(_|$)|^UNABLE_TO_/

const UNAVAILABLE_NAMES = ['DatabaseTimeoutError', 'DataFolderError', 'ConnectError']

/** Errors without a code: of the embedded database, and of the sockets of Workers. */
const UNAVAILABLE_MESSAGE =
  /^The embedded database |network connection lost|cannot connect to the specified address/i

/**
 * Whether the database could not be reached or could not answer, so that the client should get a 503 and try again:
 * no connection, a restart, a full disk, a deadline. Looks through `cause`, so Drizzle's errors may be handed in.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return withCauses(error).some(({ name, code, message }) => {
    if (UNAVAILABLE_NAMES.includes(String(name))) return true
    if (typeof code === 'string') return isUnavailableCode(code)
    return typeof message === 'string' && UNAVAILABLE_MESSAGE.test(message)
  })
}

const CERTIFICATE_CODE = /^CERT_|_CERT(IFICATE)?(_|$)|^UNABLE_TO_/

/** The code of what is wrong with the certificate of a server, if that is it. Looks through `cause`. */
export function certificateFault(error: unknown): string | undefined {
  return withCauses(error)
    .map(({ code }) => code)
    .find((code): code is string => typeof code === 'string' && CERTIFICATE_CODE.test(code))
}

/**
 * The name of the unique, foreign-key, check or exclusion constraint that a write has violated (SQLSTATE class 23);
 * undefined for every other error. Looks through `cause`, on postgres.js and PGlite alike.
 */
export function violatedConstraint(error: unknown): string | undefined {
  for (const { code, constraint_name, constraint } of withCauses(error)) {
    if (typeof code !== 'string' || !code.startsWith('23')) continue
    const name = constraint_name ?? constraint // postgres.js, PGlite
    if (typeof name === 'string') return name
  }
  return undefined
}

/**
 * Whether the server has refused a query for what is in it or for another transaction, so that nothing was done of it
 * and another one may fare better. Looks through `cause`.
 */
export function isRefused(error: unknown): boolean {
  return withCauses(error).some(
    ({ severity, code }) => severity === 'ERROR' && typeof code === 'string' && !isAboutServer(code),
  )
}

/** These would be the same for any other query, and some poolers answer so when they have lost the server. */
function isAboutServer(state: string) {
  return UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || ['25006', '3D000', '55P03'].includes(state)
}

/** Whether the server has refused a query with one of these SQL states. Looks through `cause`. */
export function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  return withCauses(error).some(({ code }) => typeof code === 'string' && states.includes(code))
}

function isUnavailableCode(code: string) {
  if (UNAVAILABLE_CODES.has(code) || TLS_CODE.test(code)) return true
  return code.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2))
}

/** The error and what caused it, from the outside in; bounded, for a cause may be its own. */
function withCauses(error: unknown) {
  const causes: Record<string, unknown>[] = []
  let current = error
  while (typeof current === 'object' && current !== null && causes.length < 6) {
    const fields = current as Record<string, unknown> // an object: any key may be asked for
    causes.push(fields)
    current = fields.cause
  }
  return causes
}
