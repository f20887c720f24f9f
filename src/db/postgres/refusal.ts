import type { PostgresTarget } from './target.ts'

/**
 * The server does not let this role do its work. The message names the missing right and the statement that grants it.
 */
export class DatabaseRefusal extends Error {
  override name = 'DatabaseRefusal'
}

interface ServerError {
  code: string
  severity?: string
  /** Only PgBouncer sends this one. */
  severity_local?: string
  message: string
  routine?: string
}

/** SQLSTATE codes (PostgreSQL manual, appendix A) that a missing right or schema can cause. */
const aboutRights = ['42501', '25006', '3F000', '0A000', '58P01', '42704', '42P01', '42883']

/**
 * Turns an error at start into a message with a remedy, if there is one; other errors stay as they are. `findMissing`
 * looks for missing rights of the role.
 */
export async function explainRefusal(
  error: unknown,
  target: PostgresTarget,
  findMissing: () => Promise<string[]>,
): Promise<unknown> {
  if (!isServerError(error)) return error
  const words = atLogIn(error, target)
  if (words !== undefined) return new DatabaseRefusal(words, { cause: error })
  if (!aboutRights.includes(error.code)) return error
  const [missing] = await findMissing().catch(() => [])
  if (missing !== undefined) return new DatabaseRefusal(missing, { cause: error })
  if (error.code !== '42501') return error
  // Messages of this kind only contain the name of an object.
  return new DatabaseRefusal(
    `The role of DATABASE_URL lacks a right (${error.message}): let an administrator grant it.`,
    { cause: error },
  )
}

/** Errors of the server while a client connects. */
function atLogIn(error: ServerError, target: PostgresTarget): string | undefined {
  if ((error.severity ?? error.severity_local) !== 'FATAL') return undefined
  const role = quoted(target.user ?? 'the user of this process')
  const database = quoted(target.database ?? target.user ?? 'of the same name')
  switch (error.code) {
    case '28P01':
      return `The server refuses the password of the role ${role}, or has no such role: correct DATABASE_URL, or let an administrator run ALTER ROLE ${role} LOGIN PASSWORD '…';`
    case '28000':
      return refusedRole(error, role, database)
    case '3D000':
      return `The server has no database ${database}: correct DATABASE_URL, or let an administrator run CREATE DATABASE ${database} OWNER ${role};`
    case '42501':
      return `The role ${role} lacks the right CONNECT on the database ${database}: let an administrator run GRANT CONNECT ON DATABASE ${database} TO ${role};`
    case '55000':
      return `The database ${database} lets nobody in: let an administrator run ALTER DATABASE ${database} ALLOW_CONNECTIONS true;`
    case '22023':
    case '42601':
    case '42704':
      return `The server does not take what DATABASE_URL sets for the session (${error.message}): correct its parameters.`
    case '08P01':
      return refusedParameter(error, role)
    default:
      return undefined
  }
}

function refusedRole({ message, routine }: ServerError, role: string, database: string) {
  if (routine === 'InitializeSessionUserId') {
    return /log in/.test(message)
      ? `The role ${role} may not log in: let an administrator run ALTER ROLE ${role} LOGIN;`
      : `The server has no role ${role}: correct DATABASE_URL, or let an administrator run CREATE ROLE ${role} LOGIN PASSWORD '…';`
  }
  return `The server lets the role ${role} into the database ${database} neither from this address nor in this way (${message}): let an administrator add a line for it to pg_hba.conf, or correct sslmode in DATABASE_URL.`
}

/** PgBouncer accepts few settings at the start of a connection. */
function refusedParameter({ message }: ServerError, role: string) {
  const [, name] = /unsupported startup parameter(?: in options)?: (\w+)/.exec(message) ?? []
  if (name === undefined) return undefined
  return `The pooler does not take ${name} from DATABASE_URL: add it to ignore_startup_parameters of PgBouncer, and set it on the role instead, as in ALTER ROLE ${role} SET search_path = …;`
}

function isServerError(error: unknown): error is ServerError & Error {
  return error instanceof Error && 'code' in error && ('severity' in error || 'severity_local' in error)
}

function quoted(name: string) {
  return `"${name.replaceAll('"', '""')}"`
}
