import { readdirSync, readFileSync } from 'node:fs'
import type postgres from 'postgres'

/**
 * Returns a function for the processor time that a PostgreSQL server has used so far, in microseconds. It counts all
 * processes of the server, including those that have ended. NaN for a server on another machine and without /proc.
 */
export async function databaseClock(sql: postgres.Sql): Promise<() => number> {
  const [row] = await sql`select pg_backend_pid() as pid`
  const { name, parent } = statOf(Number(row?.pid)) ?? {}
  if (name !== 'postgres' || parent === undefined) return () => Number.NaN
  return () => {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
    const own = pids.filter((pid) => pid === parent || statOf(pid)?.parent === parent)
    return own.reduce((sum, pid) => sum + runTimeOf(pid), statOf(parent)?.endedChildren ?? 0)
  }
}

/** Microseconds of a clock tick in /proc: every Linux reports 100 ticks per second. */
const tick = 10_000

/** The state of a process; undefined if it has ended. */
function statOf(pid: number) {
  const text = read(pid, 'stat')
  if (text === undefined) return undefined
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  const [, parent, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * tick
  return { name, parent: Number(parent), used: ticks(9), endedChildren: ticks(11) }
}

/** From the scheduler if possible: it counts nanoseconds, and ticks are too coarse for many processes. */
function runTimeOf(pid: number): number {
  const exact = Number(read(pid, 'schedstat')?.split(' ', 1)[0] ?? Number.NaN) / 1000
  return exact > 0 ? exact : (statOf(pid)?.used ?? 0)
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}
