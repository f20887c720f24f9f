import type { Config } from '../config/config.ts'
import type { LogFields, Logger } from './log.ts'

/** The level numbers of pino. */
const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: 100 }

/**
 * Writes log lines to the console, from which Workers collect them, with the same fields as the log on Node (log.ts).
 */
export function jsonLines(min: Config['LOG_LEVEL']): Logger {
  const line = (name: keyof Logger) => (fields: LogFields, message: string) => {
    if (levels[name] < levels[min]) return
    // biome-ignore lint/suspicious/noConsole: the log of Workers is the console
    console[name](JSON.stringify({ level: levels[name], time: new Date(), ...fields, msg: message }))
  }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}
