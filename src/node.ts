import { createApp } from './app.ts'
import type { Config } from './config/config.ts'
import { listenEarly } from './node/early-listener.ts'
import type { ProcessMetrics } from './node/metrics/open-metrics.ts'
import { openService, type ServiceOptions } from './node/service.ts'

export interface RunningServer {
  url: string
  /** The address of the database, without user and password. */
  database: string
  /** Reloads the keys of the settings from their file. @throws ConfigError, and the present keys stay in use */
  reloadKeys(): Promise<void>
  /** The metrics of this process. */
  ownMetrics(): Promise<ProcessMetrics>
  /** Finishes the running requests, then closes everything. */
  stop(): Promise<void>
}

/**
 * Starts the service on Node. It listens before the database is open, so that a used port is reported at once; early
 * requests wait. @throws StartError, ConfigError, DataFolderError
 */
export async function startServer(config: Config, options: ServiceOptions = {}): Promise<RunningServer> {
  const { workers = 1 } = options
  const listener = await listenEarly(config, { isShared: workers > 1 })
  try {
    const service = await openService(config, options, listener)
    listener.serve(createApp(service.deps).fetch, service)
    const { database, reloadKeys, ownMetrics } = service
    const stop = async () => {
      service.stopping()
      await listener.close()
      await service.close()
    }
    return { url: listener.url, database, reloadKeys, ownMetrics, stop }
  } catch (error) {
    listener.abandon()
    throw error
  }
}
