import type { Policy } from '../api/limit-policies.ts'

/** Counted things at a time; beyond it the oldest windows are forgotten first. */
const mostWindows = 100_000

/** What is left after a request was counted; below zero if it was one too many. */
interface Left {
  left: number
  /** Seconds until the window ends. */
  seconds: number
}

/**
 * Counts requests in windows of time, in this process's memory alone, so that no request pays with a query: several
 * servers allow several times as many. Each key has windows of its own; `now` is in milliseconds since 1970.
 */
export function windowCounter({ quota, window: length }: Policy): (key: string, now: number) => Left {
  const windows = new Map<string, { used: number; endsAt: number }>()
  return (key, now) => {
    let window = windows.get(key)
    if (!window || window.endsAt <= now) {
      windows.delete(key) // to the end of the queue
      window = { used: 0, endsAt: now + length * 1000 }
      windows.set(key, window)
      if (windows.size > mostWindows) windows.delete(windows.keys().next().value ?? key)
    }
    window.used++
    return { left: quota - window.used, seconds: Math.ceil((window.endsAt - now) / 1000) }
  }
}
