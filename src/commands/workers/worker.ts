import type { Config } from '../../config/config.ts'
import { startServer } from '../../node.ts'
import { reloadKeys } from '../reload-keys.ts'
import { askAll, type MetricsMessage } from './gather-metrics.ts'

/** What the primary process tells a worker, which says once that it is ready. */
export type Order = 'stop' | 'reload keys'

/**
 * One of the processes of `gatepost start --workers`. It stops when the primary says so or when it is signalled
 * itself; with Ctrl+C and some supervisors both happen, so a second time changes nothing. When the primary is
 * gone, Node ends it.
 */
export async function runWorker(config: Config, workers: number): Promise<void> {
  const starting = startServer(config, { workers, askAll })
  let isStopping = false
  const stop = async () => {
    if (isStopping) return
    isStopping = true
    await (await starting).stop()
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => {}) // the primary hears it too and tells all
  process.on('message', async (order: Order | MetricsMessage) => {
    if (order === 'stop') await stop()
    else if (order === 'reload keys') await reloadKeys(config, await starting)
    else if (order.kind === 'ask') {
      const { id } = order
      const measured = await (await starting).measured()
      process.send?.({ kind: 'measured', id, measured } satisfies MetricsMessage)
    }
  })
  const { url } = await starting
  process.send?.({ ready: url })
}
