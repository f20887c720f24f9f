import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatepost, type Service, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { type Balancer, balance } from './round-robin.ts'
import { call, logIn } from './service.ts'

// Three instances on one database, behind a load balancer.

let server: TestPostgres
let folder: ReturnType<typeof temporaryFolder>
let keyFile: string
let services: Service[] = []
let balancer: Balancer
let token: string

const login = { username: rootAdmin.username, password: rootAdmin.password }
const startOne = () =>
  start(folder.path, {
    DATABASE_URL: server.url,
    JWT_SECRET: undefined,
    JWT_KEYS: keyFile,
    SHUTDOWN_DELAY: '300ms',
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT: 'on',
    LOGIN_LIMIT: '10',
  })

beforeAll(async () => {
  server = await startPostgres()
  folder = temporaryFolder()
  keyFile = join(folder.path, 'keys.json')
  expect((await gatepost(`keys generate --output ${keyFile}`)).exit).toBe(0)
  services = await Promise.all([startOne(), startOne(), startOne()]) // all at once, on an empty database
  balancer = await balance(services.map(({ port }) => port))
  token = await logIn(balancer.url)
}, 60_000)

afterAll(async () => {
  await balancer?.[Symbol.asyncDispose]()
  for (const service of services) await service[Symbol.asyncDispose]()
  await server?.stop()
  await folder?.[Symbol.asyncDispose]()
})

const onEach = <T>(work: (service: Service) => Promise<T>) => Promise.all(services.map(work))
const whoAmI = (bearer: string) => onEach(({ url }) => call(url, { path: '/auth/whoami', token: bearer }))
const statusesOf = async (responses: Promise<{ status: number }[]>) =>
  (await responses).map(({ status }) => status)

describe('three instances', { timeout: 60_000 }, () => {
  test('Instances that start at once create the tables and the first admin once', async () => {
    const sql = postgres(server.url, { max: 1 })
    expect(await sql`SELECT username FROM users`).toMatchObject([{ username: login.username }])
    const [{ all, different }] = await sql<[{ all: string; different: string }]>`
      SELECT count(*) AS all, count(DISTINCT hash) AS different FROM __drizzle_migrations`
    expect(all).toBe(different)
    await sql.end()
  })

  test('Instances share sessions, and refuse an ended one within a second', async () => {
    const session = await logIn(services[0]?.url ?? '')
    expect(await statusesOf(whoAmI(session))).toEqual([200, 200, 200])
    await call(services[1]?.url ?? '', { path: '/auth/logout', token: session, json: {} })
    const endedAt = performance.now()
    await expect.poll(() => statusesOf(whoAmI(session)), { interval: 20 }).toEqual([401, 401, 401])
    expect(performance.now() - endedAt).toBeLessThan(1000)
  })

  test('Instances count failed log-ins together, exactly', async () => {
    const json = { username: 'nobody-there', password: 'wrong horse battery' }
    const tries = Array.from({ length: 30 }, () => call(balancer.url, { path: '/auth/token', json }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect(balancer.counts.size).toBe(3)
  })

  test('Instances create a resource once if all get the request with one Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const json = { title: 'Only once', body: 'Text.' }
    const responses = await onEach(({ url }) => call(url, { path: '/posts', token, json, headers }))
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(responses.map((response) => response.json.id)).size).toBe(1)
    const replayed = responses.filter((response) => response.headers.get('idempotency-replayed') === 'true')
    expect(replayed).toHaveLength(2)
  })

  test('Instances change keys on SIGHUP without refusing a good token', async () => {
    const reload = async () => {
      for (const { pid } of services) process.kill(pid, 'SIGHUP')
    }
    const publishedKeys = async () => {
      const sets = await onEach(({ url }) => call(url, { path: '/.well-known/jwks.json' }))
      return sets.map(({ json }) => json.keys.length)
    }
    const signing = async () => JSON.parse(atob((await logIn(balancer.url)).split('.')[0] ?? '')).kid
    const before = await signing()
    const load = startLoad({ url: balancer.url, rate: 50, next: everydayRequests(token, rootAdmin) })
    const { stdout } = await gatepost(`keys generate --add-to ${keyFile}`)
    await reload()
    await expect.poll(publishedKeys, { timeout: 10_000 }).toEqual([2, 2, 2])
    const kid = /[\w-]{20,}/.exec(stdout)?.[0]
    expect((await gatepost(`keys promote ${kid} --file ${keyFile}`)).exit).toBe(0)
    await reload()
    await expect.poll(signing, { timeout: 10_000 }).toBe(kid)
    expect(kid).not.toBe(before)
    expect(await statusesOf(whoAmI(token))).toEqual([200, 200, 200])
    const { statuses, failures } = await load.stop()
    expect([Object.keys(statuses), failures]).toEqual([['200', '201'], []])
  })

  test('Instances are restarted one after the other under 100 requests a second, and no request fails', async () => {
    const load = startLoad({ url: balancer.url, rate: 100, next: everydayRequests(token, rootAdmin) })
    for (const [index, old] of services.entries()) {
      expect(await old.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
      const service = await startOne()
      services[index] = service
      balancer.replace(old.port, service.port)
    }
    await expect.poll(() => load.outcome.statuses[200] ?? 0, { timeout: 10_000 }).toBeGreaterThan(100)
    const { statuses, failures, refusals } = await load.stop()
    expect([failures, refusals]).toEqual([[], []])
    expect(Object.keys(statuses)).toEqual(['200', '201'])
  })
})
