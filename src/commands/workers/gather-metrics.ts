import type { Worker } from 'node:cluster'
import type { ProcessMetrics } from '../../node/metrics/open-metrics.ts'

/** Messages between the processes, so that any worker can respond with the metrics of all. */
export type MetricsMessage =
  /** Worker to primary: request the metrics of all workers. */
  | { kind: 'ask all'; id: number }
  /** Primary to worker: the metrics of all workers. */
  | { kind: 'all'; id: number; all: [worker: number, ownMetrics: ProcessMetrics][] }
  /** Primary to worker: request its metrics. */
  | { kind: 'ask'; id: number }
  /** Worker to primary: its metrics. */
  | { kind: 'measured'; id: number; ownMetrics: ProcessMetrics }

/** A worker that does not respond within this many milliseconds is left out. */
const responseTimeout = 2000

let lastId = 0

/** Requests the metrics of all workers from the primary. */
export async function requestAll(): Promise<Map<number, ProcessMetrics>> {
  const id = ++lastId
  const { promise, resolve } = Promise.withResolvers<Map<number, ProcessMetrics>>()
  const listen = (message: MetricsMessage) => {
    if (message.kind !== 'all' || message.id !== id) return
    process.off('message', listen)
    resolve(new Map(message.all))
  }
  process.on('message', listen)
  process.send?.({ kind: 'ask all', id } satisfies MetricsMessage)
  return promise
}

/** Handles a worker's requests for the metrics of all; `numbered` returns the workers that are ready. */
export function answerFor(worker: Worker, numbered: () => Iterable<[number, Worker]>): void {
  worker.on('message', async ({ kind, id }: MetricsMessage) => {
    if (kind !== 'ask all') return
    const responses = [...numbered()].map(
      async ([number, other]) => [number, await measuredBy(other)] as [number, ProcessMetrics | undefined],
    )
    const all = (await Promise.all(responses)).filter(
      (one): one is [number, ProcessMetrics] => one[1] !== undefined,
    )
    if (worker.isConnected()) worker.send({ kind: 'all', id, all } satisfies MetricsMessage)
  })
}

function measuredBy(worker: Worker): Promise<ProcessMetrics | undefined> {
  const id = ++lastId
  const { promise, resolve } = Promise.withResolvers<ProcessMetrics | undefined>()
  const finish = (ownMetrics?: ProcessMetrics) => {
    clearTimeout(timer)
    worker.off('message', listen)
    resolve(ownMetrics)
  }
  const timer = setTimeout(finish, responseTimeout)
  const listen = (message: MetricsMessage) => {
    if (message.kind === 'measured' && message.id === id) finish(message.ownMetrics)
  }
  worker.on('message', listen)
  worker.send({ kind: 'ask', id } satisfies MetricsMessage, (error) => {
    if (error) finish()
  })
  return promise
}
