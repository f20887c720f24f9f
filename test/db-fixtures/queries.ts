import { type SQL, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Database, DatabaseHandle } from '../../src/db/client.ts'
import type { QueryObserver } from '../../src/db/connection.ts'
import { isDatabaseUnavailable } from '../../src/db/errors.ts'
import { prepared } from '../../src/db/prepared.ts'
import type { Purpose } from '../../src/db/spread.ts'

const echoQuery = prepared((db) =>
  db
    .select({ value: sql<number>`${sql.placeholder('value')}::int`.mapWith(Number) })
    .from(sql`pg_sleep(0)`)
    .prepare('echo'),
)
const sleepQuery = prepared((db) =>
  db
    .select({ slept: sql<string>`pg_sleep(${sql.placeholder('seconds')})` })
    .from(sql`pg_sleep(0)`)
    .prepare('sleep'),
)

/** The number, sent to the server and back by a query prepared once. */
export async function echo(db: Database, value: number): Promise<number | undefined> {
  return (await echoQuery(db).execute({ value }))[0]?.value
}

export async function sleep(db: Database, seconds: number): Promise<void> {
  await sleepQuery(db).execute({ seconds })
}

/** The rows of a query written by hand: `execute` has no type for them. */
export async function rowsOf<Row = unknown>(db: Database, query: SQL): Promise<Row[]> {
  return (await db.execute(query)) as unknown as Row[] // a list of rows with both drivers
}

/** Adds the text of each query that is sent. */
export function noteIn(sent: string[]): QueryObserver {
  return (text) => {
    sent.push(text)
    return () => {}
  }
}

/** The process of the server behind this connection. */
export async function backend(db: Database): Promise<number> {
  const rows = await db.select({ pid: sql`pg_backend_pid()`.mapWith(Number) }).from(sql`pg_sleep(0)`)
  return rows[0]?.pid ?? 0
}

/** The processes behind all connections of a handle that has `count`. */
export async function backends(handle: DatabaseHandle, count: number): Promise<number[]> {
  const pids = await Promise.all(Array.from({ length: count * 2 }, () => backend(handle.connect('write'))))
  return [...new Set(pids)].sort((a, b) => a - b)
}

/** What became of many queries that were sent while something went wrong. */
export interface Outcome {
  right: number
  wrong: number
  unavailable: number
  others: unknown[]
}

/** Sends five queries a millisecond until `stop` is called; each must get its own answer or the database is unavailable. */
export function hammer(handle: DatabaseHandle, purpose: Purpose = 'write') {
  const outcome: Outcome = { right: 0, wrong: 0, unavailable: 0, others: [] }
  const running: Promise<void>[] = []
  let sent = 0
  const send = async (value: number) => {
    try {
      if ((await echo(handle.connect(purpose), value)) === value) outcome.right++
      else outcome.wrong++
    } catch (error) {
      if (isDatabaseUnavailable(error)) outcome.unavailable++
      else outcome.others.push(error)
    }
  }
  const timer = setInterval(() => {
    for (let i = 0; i < 5; i++) running.push(send(sent++))
  }, 1)
  return {
    outcome,
    stop: async (): Promise<Outcome> => {
      clearInterval(timer)
      await Promise.all(running)
      return outcome
    },
  }
}

/** Waits until every connection of the handle answers again. */
export async function recovered(handle: DatabaseHandle, count: number): Promise<void> {
  await expect
    .poll(
      () =>
        Promise.all(
          Array.from({ length: count * 2 }, (_, i) => echo(handle.connect('write'), i).then((v) => v === i)),
        ).catch(String),
      {
        timeout: 5000,
        interval: 20,
      },
    )
    .toEqual(Array.from({ length: count * 2 }, () => true))
}

/** Milliseconds until the promise settles. */
export async function duration(work: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work.catch(() => {})
  return performance.now() - start
}
