import { DatabaseTimeoutError } from './errors.ts'

/** Settles like `work`, or rejects with DatabaseTimeoutError if `work` takes longer than `milliseconds`. */
export function withDeadline<T>(work: PromiseLike<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DatabaseTimeoutError(milliseconds)), milliseconds)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
