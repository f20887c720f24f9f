/** The database did not respond to a query before the deadline. The query may still take effect. */
export class DatabaseTimeoutError extends Error {
  override name = 'DatabaseTimeoutError'

  constructor(milliseconds: number) {
    super(`The database did not answer within ${milliseconds} ms.`)
  }
}

/** The folder of the embedded database cannot be used. The message states why and what to do, in one sentence. */
export class DataFolderError extends Error {
  override name = 'DataFolderError'
}

/**
 * Classes of SQLSTATE (PostgreSQL manual, appendix A) for faults of the server, not of the query: 08 connection, 28
 * log-in refused, 53 out of disk, memory or connections, 57 cancelled or shut down, 58 I/O error.
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

/**
 * The certificate is not trusted, or the server has no TLS although the URL requires it (codes of Node and OpenSSL).
 */
const TLS_CODE = /^ERR_(TLS|SSL)_|^CERT_|_CERT(IFICATE)?(_|$)|^UNABLE_TO_/

const UNAVAILABLE_NAMES = ['DatabaseTimeoutError', 'DataFolderError', 'ConnectError']

/** Errors without a code, from the embedded database and from the sockets of Workers. */
const UNAVAILABLE_MESSAGE =
  /^The embedded database |network connection lost|cannot connect to the specified address/i

/**
 * Whether the database was unreachable or could not respond, so that a 503 is right and the client should retry: no
 * connection, a restart, a full disk, a deadline. Follows `cause`, so Drizzle's errors can be passed as they are.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return withCauses(error).some(({ name, code, message }) => {
    if (UNAVAILABLE_NAMES.includes(String(name))) return true
    if (typeof code === 'string') return isUnavailableCode(code)
    return typeof message === 'string' && UNAVAILABLE_MESSAGE.test(message)
  })
}

const CERTIFICATE_CODE = /^CERT_|_CERT(IFICATE)?(_|$)|^UNABLE_TO_/

/** The code of a certificate error; undefined for other errors. Follows `cause`. */
export function certificateFault(error: unknown): string | undefined {
  return withCauses(error)
    .map(({ code }) => code)
    .find((code): code is string => typeof code === 'string' && CERTIFICATE_CODE.test(code))
}

/**
 * The name of the unique, foreign-key, check or exclusion constraint that a write has violated (SQLSTATE class 23);
 * undefined for other errors. Follows `cause`. Works with postgres.js and PGlite.
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
 * Whether the server has refused a query because of its content or of a concurrent transaction. The query then had no
 * effect, and a different query can succeed. Follows `cause`.
 */
export function isRefused(error: unknown): boolean {
  return withCauses(error).some(
    ({ severity, code }) => severity === 'ERROR' && typeof code === 'string' && !isAboutServer(code),
  )
}

/** Any query would fail with these. Some poolers send them after losing the server. */
function isAboutServer(state: string) {
  return UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || ['25006', '3D000', '55P03'].includes(state)
}

/** Whether the server has refused a query with one of these SQLSTATE codes. Follows `cause`. */
export function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  return withCauses(error).some(({ code }) => typeof code === 'string' && states.includes(code))
}

function isUnavailableCode(code: string) {
  if (UNAVAILABLE_CODES.has(code) || TLS_CODE.test(code)) return true
  return code.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2))
}

/** The error and its causes, outermost first. Bounded, since a cause can be a cycle. */
function withCauses(error: unknown) {
  const causes: Record<string, unknown>[] = []
  let current = error
  while (typeof current === 'object' && current !== null && causes.length < 6) {
    const fields = current as Record<string, unknown> // an object, so any key can be read
    causes.push(fields)
    current = fields.cause
  }
  return causes
}
