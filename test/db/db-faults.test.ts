import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { isDatabaseUnavailable } from '../../src/db/errors.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startProxy } from './fixtures/proxy.ts'
import {
  backend,
  backends,
  duration,
  echo,
  loadWithQueries,
  recovered,
  rowsOf,
  sleep,
} from './fixtures/queries.ts'

const CONNECTIONS = 3

let server: TestPostgres
const handles: DatabaseHandle[] = []

beforeAll(async () => {
  server = await startPostgres()
}, 30_000)

afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
})

afterAll(() => server.stop())

function open(timeout: number, port = server.port, connections = CONNECTIONS) {
  const url = new URL(server.url)
  url.port = String(port)
  const handle = openPostgres({ url: url.href, connections, timeout })
  handles.push(handle)
  return handle
}

test('The pool survives the end of all its connections while queries run', async () => {
  const handle = open(2000)
  const admin = open(2000, server.port, 1).connect('write')
  await backends(handle, CONNECTIONS)
  const load = loadWithQueries(handle)
  for (let round = 0; round < 5; round++) {
    await admin.execute(
      sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatepost' AND pid <> pg_backend_pid()`,
    )
    expect(await duration(recovered(handle, CONNECTIONS))).toBeLessThan(2000)
  }
  const outcome = await load.stop()
  expect(outcome).toMatchObject({ wrong: 0, others: [] })
  expect(outcome.right).toBeGreaterThan(100)
})

test('The pool survives connections that are reset while queries run', async () => {
  const proxy = await startProxy(server.port)
  const handle = open(2000, proxy.port)
  await recovered(handle, CONNECTIONS)
  const load = loadWithQueries(handle)
  for (let round = 0; round < 20; round++) {
    proxy.cut()
    await echo(handle.connect('write'), round).catch(() => {})
  }
  expect(await duration(recovered(handle, CONNECTIONS))).toBeLessThan(1000)
  const outcome = await load.stop()
  await proxy.close()
  expect(outcome).toMatchObject({ wrong: 0, others: [] })
})

test('Queries fail at once while the server is away, and work again soon after it is back', async () => {
  const proxy = await startProxy(server.port)
  const handle = open(2000, proxy.port)
  await recovered(handle, CONNECTIONS)
  const load = loadWithQueries(handle)
  await proxy.close()
  await expect.poll(() => load.outcome.unavailable).toBeGreaterThan(100)
  const waits = await Promise.all(
    Array.from({ length: 300 }, (_, i) => duration(echo(handle.connect('write'), i))),
  )
  expect(Math.max(...waits)).toBeLessThan(1000)
  await proxy.open()
  const back = await duration(recovered(handle, CONNECTIONS))
  const outcome = await load.stop()
  await proxy.close()
  expect(back).toBeLessThan(1000)
  expect(outcome).toMatchObject({ wrong: 0, others: [] })
})

test('A silent connection is closed and replaced', async () => {
  const proxy = await startProxy(server.port)
  const handle = open(300, proxy.port)
  await recovered(handle, CONNECTIONS)
  proxy.freeze()
  const errors = await Promise.all(
    Array.from({ length: 30 }, (_, i) => echo(handle.connect('write'), i).catch((error: unknown) => error)),
  )
  expect(errors.every(isDatabaseUnavailable)).toBe(true)
  proxy.thaw()
  expect(await duration(recovered(handle, CONNECTIONS))).toBeLessThan(2000)
  await proxy.close()
})

test('If the server closes every new connection at once, queries fail quickly and reconnects are limited', async () => {
  const proxy = await startProxy(server.port)
  const handle = open(2000, proxy.port)
  await recovered(handle, CONNECTIONS)
  proxy.hangUp()
  const load = loadWithQueries(handle)
  await expect.poll(() => load.outcome.unavailable, { timeout: 3000 }).toBeGreaterThan(300)
  const waits = await Promise.all(
    Array.from({ length: 30 }, (_, i) => duration(echo(handle.connect('write'), i))),
  )
  const outcome = await load.stop()
  await proxy.close()
  expect(Math.max(...waits)).toBeLessThan(1000)
  expect(outcome.others).toEqual([])
  expect(proxy.accepted()).toBeLessThan(500) // postgres.js alone opens 5000 a second
})

test('Replaced connections are all closed', async () => {
  const proxy = await startProxy(server.port)
  const handle = open(2000, proxy.port)
  const admin = open(2000, server.port, 1).connect('write')
  for (let round = 0; round < 10; round++) {
    // Unprepared queries, so most of them still wait in the client when the connection is lost.
    const queries = Array.from({ length: 20 }, (_, i) =>
      handle
        .connect('write')
        .execute(sql`SELECT ${i}::int`)
        .catch(() => {}),
    )
    await echo(handle.connect('write'), round).catch(() => {})
    proxy.cut()
    await Promise.all(queries)
  }
  await recovered(handle, CONNECTIONS)
  const connections = async () => {
    const others = sql`SELECT FROM pg_stat_activity WHERE application_name = 'gatepost' AND pid <> pg_backend_pid()`
    return (await rowsOf(admin, others)).length
  }
  await expect.poll(connections, { timeout: 10_000 }).toBeLessThanOrEqual(CONNECTIONS)
  await proxy.close()
})

// The tests below send signals to the processes of the server.
test('Reads continue while one of their connections hangs, and it is then replaced', async ({ skip }) => {
  if (server.pid === undefined) skip()
  const handle = open(1000, server.port, 8)
  const readers = new Set([await backend(handle.connect('read'))])
  await backends(handle, 3) // the connections for writes
  for (const pid of readers) process.kill(pid, 'SIGSTOP')
  const load = loadWithQueries(handle, 'read')
  try {
    await wait(500)
    const { right } = load.outcome
    await wait(200)
    expect(load.outcome.right).toBeGreaterThan(right + 100) // by the other connections
    await wait(2500)
  } finally {
    for (const pid of readers) process.kill(pid, 'SIGCONT')
  }
  const outcome = await load.stop()
  expect(outcome).toMatchObject({ wrong: 0, others: [] })
  expect(outcome.unavailable).toBeLessThan(1000)
  const later = new Set(await Promise.all(Array.from({ length: 99 }, () => backend(handle.connect('read')))))
  expect(readers.intersection(later)).toEqual(new Set())
})

test('Connections whose server processes hang are replaced', async ({ skip }) => {
  if (server.pid === undefined) skip()
  const handle = open(300)
  const stopped = await backends(handle, CONNECTIONS)
  for (const pid of stopped) process.kill(pid, 'SIGSTOP')
  try {
    const errors = await Promise.all(
      Array.from({ length: 9 }, (_, i) => echo(handle.connect('write'), i).catch((error: unknown) => error)),
    )
    expect(errors.every(isDatabaseUnavailable)).toBe(true)
    expect(await duration(recovered(handle, CONNECTIONS))).toBeLessThan(2500)
    expect((await backends(handle, CONNECTIONS)).some((pid) => stopped.includes(pid))).toBe(false)
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
  }
})

test('The pool works again after the whole server was paused', async ({ skip }) => {
  if (server.pid === undefined) skip()
  const handle = open(300)
  const pids = [...(await backends(handle, CONNECTIONS)), server.pid ?? 0]
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  const errors = await Promise.all(
    Array.from({ length: 9 }, (_, i) => echo(handle.connect('write'), i).catch((error: unknown) => error)),
  )
  for (const pid of pids) process.kill(pid, 'SIGCONT')
  expect(errors.every(isDatabaseUnavailable)).toBe(true)
  expect(await duration(recovered(handle, CONNECTIONS))).toBeLessThan(2000)
})

test('The pool works again after the server has crashed and restarted', async ({ skip }) => {
  if (server.pid === undefined) skip()
  const handle = open(1000)
  const [victim] = await backends(handle, CONNECTIONS)
  const slow = sleep(handle.connect('write'), 10).catch((error: unknown) => error)
  const load = loadWithQueries(handle)
  process.kill(victim ?? 0, 'SIGKILL') // PostgreSQL then ends all other processes and recovers
  expect(isDatabaseUnavailable(await slow)).toBe(true)
  await recovered(handle, CONNECTIONS)
  const outcome = await load.stop()
  expect(outcome).toMatchObject({ wrong: 0, others: [] })
})

test('Queries behind one that passed its deadline fail too, and the connection is kept', async () => {
  const handle = open(300, server.port, 1)
  const db = handle.connect('read')
  const pid = await backend(db)
  const slow = await Promise.allSettled([1, 2, 3, 4].map(() => sleep(db, 5)))
  expect(slow.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  const ended = await duration(expect.poll(() => handle.stats?.().waiting, { timeout: 3000 }).toBe(0))
  expect(ended).toBeLessThan(2000) // otherwise each would wait for its own deadline of 3 s
  expect(await backend(db)).toBe(pid)
})

test('A query that was cancelled in place of a late one is sent again, and no other query is', async () => {
  const admin = open(5000).connect('write')
  const handle = open(300, server.port, 1)
  const db = handle.connect('write')
  const pid = await backend(db)
  const cancel = () => admin.execute(sql`SELECT pg_cancel_backend(${pid}) FROM pg_sleep(0.1)`)
  const [alone] = await Promise.allSettled([sleep(db, 0.2), cancel()])
  expect(alone.status).toBe('rejected')
  await expect(sleep(db, 5)).rejects.toThrow()
  await expect.poll(() => handle.stats?.().waiting).toBe(0)
  const [innocent] = await Promise.allSettled([sleep(db, 0.2), cancel()])
  expect(innocent.status).toBe('fulfilled')
  expect(await echo(db, 1)).toBe(1)
})
