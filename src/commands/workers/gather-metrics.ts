import type { Worker } from 'node:cluster'
import type { Measured } from '../../node/metrics/open-metrics.ts'

/** Messages between the processes, so that any worker can respond with the metrics of all. */
export type MetricsMessage =
  /** Worker to primary: request the metrics of all workers. */
  | { kind: 'ask all'; id: number }
  /** Primary to worker: the metrics of all workers. */
  | { kind: 'all'; id: number; all: [worker: number, measured: Measured][] }
  /** Primary to worker: request its metrics. */
  | { kind: 'ask'; id: number }
  /** Worker to primary: its metrics. */
  | { kind: 'measured'; id: number; measured: Measured }

/** A worker that does not respond within this many milliseconds is left out. */
const patience = 2000

let lastId = 0

/** Requests the metrics of all workers from the primary. */
export async function askAll(): Promise<Map<number, Measured>> {
  const id = ++lastId
  const { promise, resolve } = Promise.withResolvers<Map<number, Measured>>()
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
    const answers = [...numbered()].map(
      async ([number, other]) => [number, await measuredBy(other)] as [number, Measured | undefined],
    )
    const all = (await Promise.all(answers)).filter((one): one is [number, Measured] => one[1] !== undefined)
    if (worker.isConnected()) worker.send({ kind: 'all', id, all } satisfies MetricsMessage)
  })
}

function measuredBy(worker: Worker): Promise<Measured | undefined> {
  const id = ++lastId
  const { promise, resolve } = Promise.withResolvers<Measured | undefined>()
  const finish = (measured?: Measured) => {
    clearTimeout(timer)
    worker.off('message', listen)
    resolve(measured)
  }
  const timer = setTimeout(finish, patience)
  const listen = (message: MetricsMessage) => {
    if (message.kind === 'measured' && message.id === id) finish(message.measured)
  }
  worker.on('message', listen)
  worker.send({ kind: 'ask', id } satisfies MetricsMessage, (error) => {
    if (error) finish()
  })
  return promise
}
