import { availableParallelism } from 'node:os'
import { truncates } from 'bcryptjs'
import { Piscina } from 'piscina'
import type { PasswordHasher } from '../../api/ports.ts'
import { ApiError } from '../../errors/api-error.ts'

interface PoolOptions {
  /** The bcrypt cost of new hashes. */
  cost: number
  /** The maximum number of waiting passwords; beyond it, the response is 503. */
  queue: number
  /** The number of processes that share the processors of this machine. Default: 1. */
  workers?: number
  /** Called when a task begins; the function that it returns is called when the task ends. */
  observe?: (task: string) => () => void
}

interface PasswordPool extends PasswordHasher {
  stats(): { waiting: number; running: number }
  close(): Promise<void>
}

/**
 * Hashes passwords in worker threads: a hash at cost 12 takes a quarter of a second of CPU, which would block the event
 * loop.
 * @throws ApiError service.overloaded when the queue is full
 */
export function passwordPool({
  cost,
  queue,
  workers = 1,
  observe = () => () => {},
}: PoolOptions): PasswordPool {
  let unfinished = 0
  const pool = new Piscina({
    filename: new URL('./password-worker.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: Math.ceil(availableParallelism() / workers),
    idleTimeout: 60_000,
    maxQueue: queue,
    // Requests have priority over hashing.
    niceIncrement: 10,
  })
  const run = async <T>(name: string, task: unknown): Promise<T> => {
    if (pool.queueSize >= queue) throw new ApiError('service.overloaded')
    const ended = observe(name)
    unfinished++
    try {
      return await pool.run(task, { name })
    } finally {
      unfinished--
      ended()
    }
  }
  return {
    hash: (password) => run('hash', { password, cost }),
    verify: async (password, hash) =>
      (await run<boolean>('verify', { password, hash })) && !truncates(password),
    stats: () => ({ waiting: pool.queueSize, running: unfinished - pool.queueSize }),
    close: () => pool.close({ force: true }),
  }
}
