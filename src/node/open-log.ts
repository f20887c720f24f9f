import type { Logger } from '../api/log.ts'
import type { Config } from '../config/config.ts'
import { createLog } from './log.ts'
import type { Tracing } from './tracing/tracing.ts'

/** The log, and tracing if a collector is configured. Log lines contain the trace ids. */
export async function openLog(config: Config): Promise<{ log: Logger; tracing: Tracing | undefined }> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, LOG_LEVEL } = config
  if (endpoint === undefined) return { log: await createLog(LOG_LEVEL), tracing: undefined }
  const { openTracing } = await import('./tracing/tracing.ts')
  const onReach = (isReached: boolean) => {
    if (isReached) log.info({}, 'traces are sent again')
    else log.warn({}, 'traces cannot be sent: is there a collector at OTEL_EXPORTER_OTLP_ENDPOINT?')
  }
  const tracing = openTracing({ endpoint, config, onReach })
  const log = await createLog(LOG_LEVEL, { more: tracing.fields })
  return { log, tracing }
}
