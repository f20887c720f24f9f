import { connect, type Socket } from 'node:net'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Env, type Service, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { call, logIn } from './service.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

async function startService(env: Env): Promise<Service> {
  const folder = temporaryFolder()
  const service = await start(folder.path, { DATABASE_URL: server.url, ...env })
  const dispose = async () => {
    await service[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { ...service, [Symbol.asyncDispose]: dispose }
}

/** Opens a connection and sends these bytes; `rest` is all data until the connection is closed. */
function slowClient(port: number, bytes: string): { socket: Socket; rest: Promise<string> } {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  let received = ''
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      received += chunk
    })
  socket.write(bytes)
  return { socket, rest: new Promise((resolve) => socket.once('close', () => resolve(received))) }
}

const halfHeaders = 'GET /posts HTTP/1.1\r\nHost: x\r\nX-Slow:'
const halfBody =
  'POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"user'

describe('overload', { timeout: 60_000 }, () => {
  test('Requests beyond the limit get a 503 at once, while probes still respond', async () => {
    // Half of the connections are for writes. A post with an Idempotency-Key has its own statement, so each of
    // these uses one connection.
    await using service = await startService({
      MAX_REQUESTS: '5',
      DATABASE_POOL: '10',
      DATABASE_TIMEOUT: '10s',
    })
    const token = await logIn(service.url)
    await using posts = await lockedPosts(server)
    const post = { path: '/posts', token, json: { title: 'A title', body: 'A text.' } }
    const stuck = Array.from({ length: 5 }, () =>
      call(service.url, { ...post, headers: { 'Idempotency-Key': crypto.randomUUID() } }),
    )
    // Slow senders use none of the places.
    const senders = Array.from({ length: 20 }, () => slowClient(service.port, halfBody))
    await expect.poll(() => waitingFor(server), { timeout: 10_000 }).toBe(5)

    const refused = await call(service.url, { path: '/posts' })
    expect(refused).toMatchObject({ status: 503, json: { code: 'service.overloaded' } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.ms).toBeLessThan(500)
    for (const path of ['/healthz', '/readyz']) expect((await call(service.url, { path })).status).toBe(200)

    await posts.unlock()
    expect((await Promise.all(stuck)).map(({ status }) => status)).toEqual([201, 201, 201, 201, 201])
    expect((await call(service.url, { path: '/posts' })).status).toBe(200)
    for (const { socket } of senders) socket.destroy()
  })

  test('Connections beyond the limit are closed at once', async () => {
    await using service = await startService({ MAX_CONNECTIONS: '20' })
    const clients = Array.from({ length: 40 }, () => slowClient(service.port, halfHeaders))
    const closed = () => clients.filter(({ socket }) => socket.closed).length
    await expect.poll(closed, { timeout: 10_000 }).toBeGreaterThanOrEqual(20)
    for (const { socket } of clients) socket.destroy()
    await expect.poll(async () => (await call(service.url, { path: '/readyz' })).status).toBe(200)
  })
})

describe('500 slow clients', { timeout: 60_000 }, () => {
  test('500 slow clients do not delay others, get a 408 in time, and leave no connection', async () => {
    await using service = await startService({ REQUEST_TIMEOUT: '2s' })
    const token = await logIn(service.url)
    const slow = Array.from({ length: 500 }, (_, i) =>
      slowClient(service.port, i % 2 ? halfHeaders : halfBody),
    )
    const load = startLoad({ url: service.url, rate: 100, next: everydayRequests(token, rootAdmin) })
    const responses = await Promise.all(slow.map(({ rest }) => rest))
    const { statuses, failures, refusals, slowest } = await load.stop()
    for (const response of responses) expect(response).toMatch(/^HTTP\/1\.1 408 .*"code":"request\.timeout"/s)
    expect([failures, refusals]).toEqual([[], []])
    expect(statuses[200]).toBeGreaterThan(100)
    expect(slowest).toBeLessThan(process.env.CI ? 4000 : 1000)
  })
})

/** Holds a lock on posts, for which all reads and writes of posts wait. */
async function lockedPosts({ url }: TestPostgres) {
  const holder = postgres(url, { max: 1 })
  await holder.unsafe('BEGIN; LOCK TABLE posts IN ACCESS EXCLUSIVE MODE')
  const unlock = () => holder.end()
  return { unlock, [Symbol.asyncDispose]: unlock }
}

/** The number of queries that wait for a lock. */
async function waitingFor({ url }: TestPostgres): Promise<number> {
  const other = postgres(url, { max: 1 })
  const rows = await other`
    SELECT FROM pg_stat_activity WHERE application_name = 'gatepost' AND wait_event_type = 'Lock'`
  await other.end()
  return rows.length
}
