import { pino } from 'pino'
import type { Config } from './config.ts'
import type { Logger } from './context.ts'

/** JSON lines on standard output. */
export function createLog(level: Config['LOG_LEVEL']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
}
