/** Milliseconds that the clock of the computer that wrote a time may be ahead of this one's. */
const tolerance = 60_000

/** Said of a time that is yet to come: posts cannot be scheduled, and lists are in the order of their times. */
export const futureMessage = 'Must not be in the future.'

/** Whether an ISO 8601 time has passed. */
export function isPast(time: string): boolean {
  return Date.parse(time) <= Date.now() + tolerance
}

/** Whether the database can store it: ISO 8601 has a year 0, PostgreSQL has not. */
export function isStorable(time: string): boolean {
  return !Number.isNaN(Date.parse(time)) && new Date(time).getUTCFullYear() >= 1
}
