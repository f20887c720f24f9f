import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { call, logIn } from '../faults/service.ts'
import { createTestApp, openTestDatabase } from '../support/in-process.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'
import { start, temporaryFolder } from './fixtures/gatepost.ts'
import { exchange } from './fixtures/raw-http.ts'

const token = 'token-for-metrics-token-for-metrics!'

/** The values of a scrape, by series. */
async function scrape(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/metrics`, { headers })
  const text = await response.text()
  const samples = text.split('\n').flatMap((line) => {
    const [, series, value] = /^([^# ].*) (\S+)$/.exec(line) ?? []
    return series === undefined ? [] : [[series, Number(value)] as const]
  })
  return { status: response.status, text, samples: new Map(samples), headers: response.headers }
}

describe('the metrics of a process', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ METRICS_TOKEN: token, RATE_LIMIT: 'on', LOGIN_LIMIT: '2' })
  })
  afterAll(() => server?.stop())
  const authorised = () => scrape(server.url, { Authorization: `Bearer ${token}` })

  test('The metrics need the token', async () => {
    expect((await scrape(server.url)).status).toBe(401)
    expect((await scrape(server.url, { Authorization: `Bearer ${token}x` })).status).toBe(401)
    const session = await logIn(server.url)
    expect((await scrape(server.url, { Authorization: `Bearer ${session}` })).status).toBe(401)
    const { status, headers } = await authorised()
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  })

  test('The metrics count events, with a limited number of labels', async () => {
    const bearer = await logIn(server.url)
    const before = (await authorised()).samples
    await call(server.url, { path: '/posts', token: bearer, json: { title: 'T', body: 'B' } })
    for (let n = 0; n < 3; n++) await call(server.url, { path: `/nowhere/${n}?secret=canary` })
    for (let n = 0; n < 3; n++)
      await call(server.url, {
        path: '/auth/token',
        json: { username: rootAdmin.username, password: 'wrong' },
      })
    await exchange(Number(new URL(server.url).port), 'GET / HTTP/1.1\r\n\r\n')
    const { samples, text } = await authorised()

    const grown = (series: string) => (samples.get(series) ?? 0) - (before.get(series) ?? 0)
    const count = 'http_request_duration_seconds_count'
    expect(grown(`${count}{method="POST",route="/posts",status="201"}`)).toBe(1)
    expect(grown(`${count}{method="GET",route="/*",status="404"}`)).toBe(3)
    expect(grown(`${count}{method="POST",route="/auth/token",status="401"}`)).toBe(2)
    expect(grown(`${count}{method="POST",route="/auth/token",status="429"}`)).toBe(1)
    expect(grown('gatepost_limit_refusals_total{limit="login"}')).toBe(1)
    expect(grown('gatepost_requests_refused_total{code="request.malformed"}')).toBe(1)
    expect(grown('gatepost_password_duration_seconds_count{task="verify"}')).toBe(2)
    expect(grown('gatepost_database_queries_total')).toBeGreaterThan(5)
    expect(samples.get('http_requests_in_flight')).toBe(1) // the request of this scrape
    for (const series of [
      'gatepost_database_connections',
      'gatepost_database_queries_waiting',
      'gatepost_database_query_timeouts_total',
      'gatepost_password_queue_length',
      'gatepost_passwords_running',
      'gatepost_revocations',
      'gatepost_revocations_age_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
    ])
      expect([series, samples.get(series)]).toEqual([series, expect.any(Number)])
    expect(text).not.toContain('canary')
  })

  test('The metrics have names that Prometheus accepts', async () => {
    const { text } = await authorised()
    const allowed =
      /^(# (HELP|TYPE) [a-zA-Z_:][\w:]* .+|[a-zA-Z_:][\w:]*(\{([a-z_]+="[^"]*",?)+\})? (\d[\d.e+-]*|\+Inf|Nan))?$/
    expect(text.split('\n').filter((line) => !allowed.test(line))).toEqual([])
  })
})

describe('metrics without a token', () => {
  const statusFor = async (env: Record<string, string>, peer: string, headers = {}) => {
    const app = await createTestApp({ LOG_LEVEL: 'silent', ...env }, { peerAddress: () => peer }, database)
    const { status } = await app.fetch(new Request('http://localhost/metrics', { headers }))
    await app.close()
    return status
  }
  let database: DatabaseHandle
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database?.close())

  test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])(
    'Metrics without a token are served to this machine: %s',
    async (peer) => {
      expect(await statusFor({}, peer)).toBe(200)
    },
  )

  test.each(['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', ''])(
    'Metrics without a token are not served to other machines: %s',
    async (peer) => {
      expect(await statusFor({}, peer)).toBe(404)
    },
  )

  test.each(['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP'])(
    'Metrics without a token are not served through a proxy with %s',
    async (name) => {
      expect(await statusFor({}, '127.0.0.1', { [name]: '127.0.0.1' })).toBe(404)
    },
  )

  test('Metrics without a token are not served in production', async () => {
    const production = { NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true', BCRYPT_COST: '10' }
    expect(await statusFor(production, '127.0.0.1')).toBe(404)
  })
})

describe('metrics of several workers', { timeout: 60_000 }, () => {
  let database: TestPostgres
  beforeAll(async () => {
    database = await startPostgres()
  })
  afterAll(() => database?.stop())

  test('Each worker returns the metrics of all workers, labelled with the worker', async () => {
    await using folder = temporaryFolder()
    const env = { DATABASE_URL: database.url, METRICS_TOKEN: token }
    await using service = await start(folder.path, env, 'start --workers 2')
    const headers = { Authorization: `Bearer ${token}`, Connection: 'close' }
    const scrapes = 40
    for (let n = 0; n < scrapes; n++)
      await call(service.url, { path: '/healthz', headers: { Connection: 'close' } })
    const counts = async () => {
      const { samples, status } = await scrape(service.url, headers)
      expect(status).toBe(200)
      return [1, 2].map((worker) =>
        samples.get(
          `http_request_duration_seconds_count{method="GET",route="/healthz",status="200",worker="${worker}"}`,
        ),
      )
    }
    const first = await counts()
    expect(first.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(scrapes)
    for (let n = 0; n < 5; n++) expect(await counts()).toEqual(first)
    const { samples } = await scrape(service.url, headers)
    for (const worker of [1, 2])
      expect(samples.get(`process_start_time_seconds{worker="${worker}"}`)).toBeGreaterThan(0)
    expect(await service.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
  })
})
