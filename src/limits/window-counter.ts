import type { Policy } from '../api/limit-policies.ts'

/** Maximum number of windows. Beyond it, the oldest are dropped first. */
const maxWindows = 100_000

/** The state of a window after a request was counted. */
interface Count {
  /** Requests that are left; negative beyond the quota. */
  left: number
  /** Seconds until the window ends. */
  seconds: number
}

/**
 * Counts requests in a window for each key. Counts in the memory of this process, so that no request costs a query: with
 * several processes the limit is several times as high. `now` is in milliseconds since 1970.
 */
export function windowCounter({ quota, window: length }: Policy): (key: string, now: number) => Count {
  const windows = new Map<string, { used: number; endsAt: number }>()
  return (key, now) => {
    let window = windows.get(key)
    if (!window || window.endsAt <= now) {
      windows.delete(key) // moves the key to the end of the queue
      window = { used: 0, endsAt: now + length * 1000 }
      windows.set(key, window)
      if (windows.size > maxWindows) windows.delete(windows.keys().next().value ?? key)
    }
    window.used++
    return { left: quota - window.used, seconds: Math.ceil((window.endsAt - now) / 1000) }
  }
}
