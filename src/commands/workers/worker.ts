import type { Config } from '../../config/config.ts'
import { startServer } from '../../node.ts'
import { reloadKeys } from '../reload-keys.ts'
import { type MetricsMessage, requestAll } from './gather-metrics.ts'

/** The orders of the primary. A worker reports once that it is ready. */
export type Order = 'stop' | 'reload keys'

/**
 * One process of `gatepost start --workers`. It stops on an order of the primary or on a signal. With Ctrl+C and some
 * supervisors both arrive, so the second has no effect. If the primary dies, Node ends the worker.
 */
export async function runWorker(config: Config, workers: number): Promise<void> {
  const starting = startServer(config, { workers, readAll: requestAll })
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await (await starting).stop()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => {}) // the primary gets the signal too and tells all workers
  process.on('message', async (order: Order | MetricsMessage) => {
    if (order === 'stop') await stop()
    else if (order === 'reload keys') await reloadKeys(config, await starting)
    else if (order.kind === 'ask') {
      const { id } = order
      const ownMetrics = await (await starting).ownMetrics()
      process.send?.({ kind: 'measured', id, ownMetrics } satisfies MetricsMessage)
    }
  })
  const { url } = await starting
  process.send?.({ ready: url })
}
