import type { ErrorDescription } from '../errors/error-description.ts'
import type { ProblemCode } from '../errors/problems.ts'

/**
 * All fields that a log line can have. Nothing that a client sends has a field, so no secret can get into the log. Add
 * a field only for values that this service has created or chosen.
 */
export interface LogFields {
  request_id?: string | null | undefined
  method?: string
  /** The route pattern, never the URL. */
  route?: string
  status?: number
  duration_ms?: number
  user_id?: string | null | undefined
  /** The problem code of the response. */
  code?: ProblemCode | undefined
  /** An audit event: ids, the client's IP address, and details from src/audit. */
  audit?: string
  session_id?: string | null | undefined
  actor_id?: string | null | undefined
  address?: string | null | undefined
  error?: ErrorDescription | undefined
  /** For an invalid setting. These messages never repeat its value. */
  reason?: string
  /** A worker process and how it ended. */
  pid?: number | undefined
  exit?: string | number | null
  /** Parameters of DATABASE_URL that have no effect. Only known names are logged. */
  ignored?: string[]
  /** The number of deleted rows, by table. */
  deleted?: Record<string, number>
  /** The number of posts that were indexed for searches. */
  indexed?: number
}

/** Writes one log line: fields first, then the message. pino has this signature; Workers write JSON lines. */
type LogLine = (fields: LogFields, message: string) => void
export type Logger = Record<'debug' | 'info' | 'warn' | 'error', LogLine>
