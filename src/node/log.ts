import { pino, stdTimeFunctions } from 'pino'
import type { Logger } from '../api/log.ts'
import type { Config } from '../config/config.ts'

interface LogOptions {
  /** Returns further fields; called for every line. */
  more?: (() => object) | undefined
}

/** Writes lines to standard output: readable ones on a terminal, JSON everywhere else. */
export async function createLog(level: Config['LOG_LEVEL'], { more }: LogOptions = {}): Promise<Logger> {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime, ...(more && { mixin: more }) }
  if (!process.stdout.isTTY || level === 'silent') return linesOf(pino(options))
  const { default: pretty } = await import('pino-pretty')
  const lines = pretty({
    sync: true, // the last line must be written before the process ends
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    colorize: process.stdout.hasColors(), // it supports NO_COLOR
  })
  return linesOf(pino(options, lines))
}

/** Only the methods of `Logger`: pino's own type has more. */
function linesOf(log: Logger): Logger {
  return log
}
