import type { Config } from '../config/config.ts'
import type { LogFields, Logger } from './log.ts'

/** The numbers that pino has for them. */
const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: 100 }

/** The log lines of Node on the console, which Workers collect: see log.ts, whose fields they have. */
export function jsonLines(least: Config['LOG_LEVEL']): Logger {
  const line = (name: keyof Logger) => (fields: LogFields, message: string) => {
    if (levels[name] < levels[least]) return
    // biome-ignore lint/suspicious/noConsole: the log of Workers is the console
    console[name](JSON.stringify({ level: levels[name], time: new Date(), ...fields, msg: message }))
  }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}
