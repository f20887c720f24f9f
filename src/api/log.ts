import type { ErrorDescription } from '../errors/error-description.ts'
import type { ProblemCode } from '../errors/problems.ts'

/**
 * All that a log line can have. Whatever a client sends is no field, so that no secret has a place here: add one only
 * for what this service itself has made or chosen.
 */
export interface LogFields {
  request_id?: string | null | undefined
  method?: string
  /** The pattern of the address, never the address. */
  route?: string
  status?: number
  duration_ms?: number
  user_id?: string | null | undefined
  /** Of the problem that a request was answered with. */
  code?: ProblemCode | undefined
  /** An audit event: ids, the address that it came from, and what src/audit says of it. */
  audit?: string
  session_id?: string | null | undefined
  actor_id?: string | null | undefined
  address?: string | null | undefined
  error?: ErrorDescription | undefined
  /** Of a setting that cannot be used; none of those messages repeats a value. */
  reason?: string
  /** A worker, and how it ended. */
  pid?: number | undefined
  exit?: string | number | null
  /** Parameters of DATABASE_URL without effect, by names that are known. */
  ignored?: string[]
  /** How many rows were deleted of what. */
  deleted?: Record<string, number>
  /** How many posts were indexed for searches. */
  indexed?: number
}

/** One log line: fields first, then what happened. pino has this shape; Workers write JSON lines. */
type LogLine = (fields: LogFields, message: string) => void
export type Logger = Record<'debug' | 'info' | 'warn' | 'error', LogLine>
