import { parsePostgresUrl } from './target.ts'

interface Log {
  warn(fields: { ignored: string[] }, message: string): void
}

/**
 * Logs which parameters of DATABASE_URL have no effect, in one line. The names are known ones and contain no secret.
 */
export function warnOfParameters(url: string | undefined, log: Log): void {
  const { ignored } = url ? parsePostgresUrl(url) : { ignored: [] }
  if (ignored.length > 0) log.warn({ ignored }, 'parameters of DATABASE_URL that have no effect here')
}
