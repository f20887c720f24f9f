import cluster from 'node:cluster'
import type { Config } from '../config/config.ts'
import { announce } from './announce.ts'
import { reloadKeys } from './reload-keys.ts'
import { onStopSignals } from './stop-signals.ts'

/** Runs the service until SIGTERM or SIGINT. A second such signal ends it at once; SIGHUP reloads the keys. */
export async function start(config: Config, { workers }: { workers: number }): Promise<void> {
  if (cluster.isWorker) return (await import('./workers/worker.ts')).runWorker(config, workers)
  if (workers > 1) return (await import('./workers/primary.ts')).runWorkers(config, workers)

  const { startServer } = await import('../node.ts') // loaded with the app, which the primary process does not need
  const starting = startServer(config)
  onStopSignals({ stop: async () => (await starting).stop() })
  process.on('SIGHUP', async () => reloadKeys(config, await starting))
  announce(await starting)
}
