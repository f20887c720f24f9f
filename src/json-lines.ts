import type { Config } from './config.ts'
import type { Logger } from './context.ts'

/** The numbers that pino has for them. */
const levels = { debug: 20, info: 30, warn: 40, error: 50, silent: 100 }

/** The log lines of Node on the console, which Workers collect: see log.ts, whose fields they have. */
export function jsonLines(least: Config['LOG_LEVEL']): Logger {
  const line = (name: keyof Logger) => (fields: Record<string, unknown>, message: string) => {
    if (levels[name] < levels[least]) return
    // biome-ignore lint/suspicious/noConsole: the log of Workers is the console
    console[name](JSON.stringify({ level: levels[name], time: new Date(), ...fields, msg: message }))
  }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}
