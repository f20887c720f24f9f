import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '../../api/log.ts'
import { StartError } from '../../node/server.ts'
import { answerFor } from './gather-metrics.ts'
import type { Order } from './worker.ts'

interface KeepOptions {
  count: number
  /** Milliseconds that workers have to stop before they are killed. */
  stopTimeout: number
  log: Logger
}

/** Milliseconds before a dead worker is replaced. */
const pause = 1000

/** More deaths than this within `endsWithin` milliseconds are an error that restarts cannot solve. */
const maxExits = 10
const endsWithin = 60_000

/** Runs `count` workers and replaces dead ones. The first starts alone, so that an error at start is reported once. */
export function keepWorkers({ count, stopTimeout, log }: KeepOptions) {
  const ends: number[] = []
  /** The workers that accept requests, by a number that their replacements inherit. */
  const ready = new Map<number, Worker>()
  let isStopping = false

  const launch = async (number: number) => {
    const worker = cluster.fork()
    answerFor(worker, () => ready)
    const url = await readiness(worker)
    ready.set(number, worker)
    worker.once('exit', (code, signal) => {
      ready.delete(number)
      replace(number, worker.process.pid, signal ?? code)
    })
    return url
  }

  const replace = async (
    number: number,
    pid: number | undefined,
    exit: string | number | null,
  ): Promise<void> => {
    if (isStopping) return
    ends.push(Date.now())
    if (ends.filter((at) => at > Date.now() - endsWithin).length > maxExits) {
      log.error({ pid, exit }, 'workers end again and again: giving up')
      await stop().catch(() => {})
      process.exit(1)
    }
    log.warn({ pid, exit }, 'a worker has ended and is replaced')
    await wait(pause)
    if (isStopping) return
    await launch(number).catch((error: unknown) => replace(number, undefined, String(error)))
  }

  const start = async () => {
    const url = await launch(1)
    await Promise.all(Array.from({ length: count - 1 }, (_, index) => launch(index + 2)))
    return url
  }

  const stop = async () => {
    isStopping = true
    const workers = running()
    const exits = Promise.all(workers.map((worker) => once(worker, 'exit')))
    for (const worker of workers) worker.send('stop' satisfies Order)
    const timer = setTimeout(() => killAll(workers), stopTimeout)
    const failed = (await exits).filter(([code]) => code !== 0)
    clearTimeout(timer)
    if (failed.length > 0) throw new StartError(`${failed.length} of the workers had to be killed or failed.`)
  }

  return {
    /** Starts all workers and returns their address. @throws StartError if one does not start; it has reported why */
    start,
    /** Stops all workers gracefully. @throws StartError if one failed to */
    stop,
    kill: () => killAll(running()),
    tell: (order: Order) => {
      for (const worker of running()) worker.send(order)
    },
  }
}

function running(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter(
    (worker) => worker?.isConnected() && !worker.isDead(),
  ) as Worker[]
}

function killAll(workers: readonly Worker[]): void {
  for (const worker of workers) worker.process.kill('SIGKILL')
}

/** The address of a worker once it accepts requests. */
function readiness(worker: Worker): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onExit = (code: number | null, signal: string | null) =>
    reject(new StartError(`A worker ended (${signal ?? code}) before it was ready.`))
  worker.once('exit', onExit)
  const onMessage = ({ ready }: { ready?: string }) => {
    if (ready === undefined) return
    worker.off('exit', onExit).off('message', onMessage)
    resolve(ready)
  }
  worker.on('message', onMessage)
  return promise
}
