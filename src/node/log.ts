import { pino, stdTimeFunctions } from 'pino'
import type { Logger } from '../api/log.ts'
import type { Config } from '../config/config.ts'

interface LogOptions {
  /** Fields of every line, asked for at each. */
  more?: (() => object) | undefined
}

/** Lines on standard output: for people on a terminal, JSON everywhere else. */
export async function createLog(level: Config['LOG_LEVEL'], { more }: LogOptions = {}): Promise<Logger> {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, ...(more && { mixin: more }) }
  if (!process.stdout.isTTY || level === 'silent') return linesOf(pino(options))
  const { default: pretty } = await import('pino-pretty')
  const lines = pretty({
    sync: true, // the last line must be there when the process ends
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    colorize: process.stdout.hasColors(), // knows of NO_COLOR
  })
  return linesOf(pino(options, lines))
}

/** Only what `Logger` has: pino's own type cannot be promised, for it may have any method. */
function linesOf(log: Logger): Logger {
  return log
}
