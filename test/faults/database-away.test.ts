import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Service, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import type { PostgresServer } from '../support/postgres-server.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { call, everyKind, logIn } from './service.ts'

// One service survives all faults of its database. The deadline of a query is one second.

const deadline = 1000
/** Extra time for a busy machine. */
const tolerance = process.env.CI ? 4000 : 1000

let server: TestPostgres
let database: PostgresServer
let service: Service
let folder: ReturnType<typeof temporaryFolder>
let token: string
const clients: Sql[] = []

beforeAll(async () => {
  server = await startPostgres({ flags: ['-c', 'max_connections=30'] })
  if (server.own === undefined) return
  database = server.own
  folder = temporaryFolder()
  service = await start(folder.path, {
    DATABASE_URL: server.url,
    DATABASE_TIMEOUT: `${deadline}ms`,
    LOG_LEVEL: 'error',
  })
  token = await logIn(service.url)
}, 60_000)

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end({ timeout: 1 })))
})

afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await server?.stop()
  await folder?.[Symbol.asyncDispose]()
})

/** Another client of the same server. */
function otherClient(options: postgres.Options<Record<string, postgres.PostgresType>> = {}): Sql {
  const client = postgres(server.url, { max: 1, onnotice: () => {}, ...options })
  clients.push(client)
  return client
}

const statusesOf = async () => (await everyKind(service, token)).map(({ status }) => status)
const workingStatuses = [200, 201, 200, 200]

/** All operations that need the database get a 503 in time, and the liveness probe still succeeds. */
async function expectAway() {
  for (const { status, headers, json, ms } of await everyKind(service, token)) {
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect(json.code).toBe('service.unavailable')
    expect(ms).toBeLessThan(deadline + tolerance)
  }
  const alive = await call(service.url, { path: '/healthz' })
  expect([alive.status, alive.ms < 500]).toEqual([200, true])
  const readiness = await call(service.url, { path: '/readyz' })
  expect(readiness).toMatchObject({
    status: 503,
    json: { detail: 'Check failed: the database does not answer.' },
  })
}

/** Everything works again within two seconds, in the same process, and the log has no errors. */
async function expectBack() {
  // Each operation may still use a connection whose loss was not noticed.
  const readiness = async () => (await call(service.url, { path: '/readyz' })).status
  const all = async () => [...(await statusesOf()), await readiness()]
  await expect.poll(all, { timeout: 2000, interval: 20 }).toEqual([...workingStatuses, 200])
  expect(process.kill(service.pid, 0)).toBe(true)
  expect(loggedErrors()).toEqual([])
}

/** Errors in the log, except one: the connection may be lost between a log-in and its audit event. */
function loggedErrors() {
  const lines = service.log().split('\n')
  return lines.filter(
    (line) => /service\.failure|"level":50|Error/.test(line) && !line.includes('"audit event not stored"'),
  )
}

/** Load in which every request gets a correct response or a 503 in time. */
async function underLoad(work: () => Promise<unknown>) {
  const load = startLoad({ url: service.url, rate: 100, next: everydayRequests(token, rootAdmin) })
  try {
    await expect.poll(() => load.outcome.statuses[200] ?? 0, { timeout: 10_000 }).toBeGreaterThan(20)
    await work()
    await expectBack()
  } finally {
    await load.stop()
  }
  const { statuses, failures, slowest } = load.outcome
  expect(failures).toEqual([])
  expect(Object.keys(statuses).filter((status) => !['200', '201', '503'].includes(status))).toEqual([])
  expect(slowest).toBeLessThan(deadline + tolerance)
  return statuses
}

describe('a fault of the database', { timeout: 30_000 }, () => {
  test('The service survives a database that stops and comes back', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    await database.halt()
    try {
      await expectAway()
    } finally {
      await database.resume()
    }
    await expectBack()
  })

  test('The service survives many log-ins without a database', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    await database.halt()
    const { username, password } = rootAdmin
    const json = { username, password }
    try {
      const logIns = Array.from({ length: 300 }, () => call(service.url, { path: '/auth/token', json }))
      expect((await call(service.url, { path: '/healthz' })).status).toBe(200)
      const responses = await Promise.all(logIns)
      expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([503]))
      expect(Math.max(...responses.map(({ ms }) => ms))).toBeLessThan(deadline + tolerance)
    } finally {
      await database.resume()
    }
    await expectBack()
  })

  test('The service survives a restart of the database under load', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    await underLoad(async () => {
      await database.halt()
      await database.resume()
    })
  })

  test('The service survives the end of every connection under load', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const admin = otherClient()
    await underLoad(async () => {
      for (let round = 0; round < 5; round++) {
        await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatepost'`
        await expectBack()
      }
    })
  })

  test('The service survives a server that is paused', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const rows = await otherClient()<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE application_name = 'gatepost'`
    const pids = [database.pid, ...rows.map(({ pid }) => pid)]
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    try {
      await expectAway()
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    await expectBack()
  })

  test('The service survives a server without free connections', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const admin = otherClient()
    await admin`SELECT 1`
    const others = otherClient({ max: 29 })
    await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatepost'`
    await Promise.allSettled(Array.from({ length: 29 }, () => others`SELECT pg_sleep(0.5)`))
    // The database closes a connection that the service has got meanwhile.
    await expect
      .poll(async () => {
        await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatepost'`
        await Promise.allSettled(Array.from({ length: 29 }, () => others`SELECT pg_sleep(0.1)`))
        return (await call(service.url, { path: '/readyz' })).status
      })
      .toBe(503)
    await expectAway()
    await others.end({ timeout: 0 })
    await expectBack()
  })

  test('The service survives a locked table, which does not delay other requests', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const holder = await otherClient().reserve()
    await holder`BEGIN`
    await holder`LOCK TABLE posts IN ACCESS EXCLUSIVE MODE`
    const list = () => call(service.url, { path: '/posts' })
    const slow = await Promise.all(Array.from({ length: 3 }, list))
    for (const { status, ms } of slow) expect([status, ms < deadline + tolerance]).toEqual([503, true])
    const waiting = list()
    const whoAmI = await call(service.url, { path: '/auth/whoami', token })
    expect([whoAmI.status, whoAmI.ms < 500]).toEqual([200, true])
    expect((await waiting).status).toBe(503)
    await holder`ROLLBACK`
    holder.release()
    await expectBack()
  })

  test('The service survives a read-only database', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const admin = otherClient()
    await admin`ALTER SYSTEM SET default_transaction_read_only = on`
    await admin`SELECT pg_reload_conf()`
    await expect.poll(statusesOf).toEqual([200, 503, 200, 503])
    const readiness = await call(service.url, { path: '/readyz' })
    expect(readiness).toMatchObject({
      status: 503,
      json: { detail: 'Check failed: the database takes no writes.' },
    })
    await admin.unsafe(`SET default_transaction_read_only = off`)
    await admin`ALTER SYSTEM RESET default_transaction_read_only`
    await admin`SELECT pg_reload_conf()`
    await expectBack()
  })

  test('The service survives a full disk', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    const disk = join(database.data, '../small-disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      return skip('only root may mount the small disk that this takes')
    }
    const admin = otherClient()
    try {
      const { uid, gid } = statSync(database.data)
      chownSync(disk, uid, gid)
      await admin.unsafe(`CREATE TABLESPACE small LOCATION '${disk}'`)
      await admin`ALTER TABLE posts SET TABLESPACE small`
      const post = { title: 'Long', body: randomText(90_000) }
      const write = async () => (await call(service.url, { path: '/posts', token, json: post })).status
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(1_000_000))
      await expect.poll(write, { timeout: 10_000, interval: 0 }).toBe(503)
      expect((await call(service.url, { path: '/posts' })).status).toBe(200)
      expect((await call(service.url, { path: '/healthz' })).status).toBe(200)
      execFileSync('rm', [join(disk, 'ballast')])
      await expectBack()
      await admin`ALTER TABLE posts SET TABLESPACE pg_default`
      await admin`DROP TABLESPACE small`
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })

  test('The service survives a failover: a read-only standby, until it is promoted', async ({ skip }) => {
    if (database === undefined) return skip('the server is not ours')
    await database.halt()
    writeFileSync(join(database.data, 'standby.signal'), '')
    await database.resume()
    await expect.poll(statusesOf, { timeout: 2000 }).toEqual([200, 503, 200, 503])
    await otherClient()`SELECT pg_promote()`
    await expectBack()
  })
})

/** Text that a database cannot compress. */
function randomText(length: number) {
  return Array.from({ length: length / 10 }, () =>
    Math.random().toString(36).slice(2, 12).padEnd(10, 'x'),
  ).join('')
}
