/** Milliseconds by which the clock of the other computer may be ahead. */
const tolerance = 60_000

/** The message for a future time. Posts cannot be scheduled, and lists are sorted by these times. */
export const futureMessage = 'Must not be in the future.'

/** Whether an ISO 8601 time is in the past. */
export function isPast(time: string): boolean {
  return Date.parse(time) <= Date.now() + tolerance
}

/** Whether PostgreSQL can store the time: ISO 8601 has a year 0, PostgreSQL does not. */
export function isStorable(time: string): boolean {
  return !Number.isNaN(Date.parse(time)) && new Date(time).getUTCFullYear() >= 1
}
