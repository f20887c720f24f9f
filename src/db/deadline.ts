import { DatabaseTimeoutError } from './errors.ts'

interface Watcher {
  /** The deadline has passed; `work` may still settle later. */
  late?(): void
  /** `work` has settled, in time or not; without an error it has succeeded. */
  settled?(error?: unknown): void
}

/**
 * Settles as `work` does, or rejects with DatabaseTimeoutError when `work` has not settled after `milliseconds`.
 * Nothing is ever left unhandled: whatever `work` does after the deadline is only told to the watcher.
 */
export function withDeadline<T>(work: PromiseLike<T>, milliseconds: number, watcher?: Watcher): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new DatabaseTimeoutError(milliseconds))
      watcher?.late?.()
    }, milliseconds)
    const settle = async () => {
      try {
        // Not `work.then()`: called at once, it makes V8 keep each query of postgres.js until the next full
        // collection, which costs a quarter of the throughput.
        const value = await work
        clearTimeout(timer)
        watcher?.settled?.()
        resolve(value)
      } catch (error) {
        clearTimeout(timer)
        watcher?.settled?.(error)
        reject(error)
      }
    }
    settle()
  })
}
