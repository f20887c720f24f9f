import { availableParallelism } from 'node:os'
import { truncates } from 'bcryptjs'
import { Piscina } from 'piscina'
import type { PasswordHasher } from '../../api/ports.ts'
import { ApiError } from '../../errors/api-error.ts'

interface PoolOptions {
  /** bcrypt cost of new hashes. */
  cost: number
  /** Passwords that may wait; beyond, the answer is 503. */
  queue: number
  /** Processes on this machine that share its processors. Default: 1. */
  workers?: number
  /** Follows each task from now until what it gives is called. */
  observe?: (task: string) => () => void
}

interface PasswordPool extends PasswordHasher {
  stats(): { waiting: number; running: number }
  close(): Promise<void>
}

/**
 * Hashes passwords in threads of their own: one hash at cost 12 takes a quarter of a second of CPU, in
 * which the event loop would answer nobody. @throws ApiError service.overloaded when the queue is full
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
    // Answering requests goes before hashing.
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
