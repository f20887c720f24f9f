import { readdirSync, readFileSync } from 'node:fs'
import type postgres from 'postgres'

/**
 * A clock of the processor time that a PostgreSQL server has used, in microseconds, over all of its processes, also those
 * that have ended. Not a number where the server does not run on this machine or there is no /proc.
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

/** Clock ticks of /proc, a hundred a second on every Linux. */
const tick = 10_000

/** What /proc tells of a process; undefined when it has ended. */
function statOf(pid: number) {
  const text = read(pid, 'stat')
  if (text === undefined) return undefined
  const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
  const [, parent, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const ticks = (from: number) => (Number(fields[from]) + Number(fields[from + 1])) * tick
  return { name, parent: Number(parent), used: ticks(9), endedChildren: ticks(11) }
}

/** From the scheduler where it tells, in nanoseconds: ticks are coarse for a server of many processes. */
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
