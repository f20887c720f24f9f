import { createServer } from 'node:net'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'
import { decodeToken } from '../support/tokens.ts'
import {
  bundleWorker,
  prepareDatabase,
  startWorker,
  type TestWorker,
  type WorkerBundle,
} from '../support/worker.ts'

// What is special in the Worker. The tests of the API run on workerd too, and compare the rest with Node.

const running = new AsyncDisposableStack()
let bundle: WorkerBundle
let database: TestPostgres
let worker: TestWorker
let node: TestServer

beforeAll(async () => {
  const bundling = bundleWorker()
  database = running.use(await startPostgres())
  await prepareDatabase(database.url)
  bundle = running.use(await bundling)
  const env = { LOG_LEVEL: 'info', RATE_LIMIT: 'on', LOGIN_LIMIT: '2', PUBLIC_URL: 'https://api.example.com' }
  worker = running.use(await startWorker({ bundle, databaseUrl: database.url, env }))
  node = running.use(await startServer({ DATABASE_URL: database.url, PUBLIC_URL: 'https://api.example.com' }))
})
afterAll(() => running.disposeAsync())

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** A server that accepts every connection, never sends a byte, and counts the connections. */
async function silentServer() {
  let connections = 0
  const server = createServer(() => {
    connections++
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `postgres://nobody:nothing@127.0.0.1:${address.port}/nothing`,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

/** A connection to the database that all tests here share. */
function connect() {
  const sql = postgres(database.url, { max: 1 })
  const all = async (...query: Parameters<typeof sql>) => [...(await sql(...query))]
  const one = async (...query: Parameters<typeof sql>) => (await all(...query))[0]
  return { all, one, [Symbol.asyncDispose]: () => sql.end() }
}

describe('the database of the Worker', () => {
  test('The database is not connected for requests that do not need it', async () => {
    await using silent = await silentServer()
    await using lonely = await startWorker({
      bundle,
      databaseUrl: silent.url,
      env: { DATABASE_TIMEOUT: '1s' },
    })
    const bearer = { authorization: 'Bearer nonsense' }
    const responses = await Promise.all(
      [
        ...['/healthz', '/docs', '/docs/swagger-ui-dist/swagger-ui.css', '/openapi.json', '/openapi.yaml'],
        ...['/problems/request.invalid', '/.well-known/jwks.json', '/nowhere', '/auth/whoami'],
      ].map(async (path) => (await fetch(lonely.url + path, { headers: bearer })).status),
    )
    expect(responses).toEqual([...Array(7).fill(200), 404, 401])
    expect((await fetch(`${lonely.url}/posts`, json({ nonsense: true }))).status).toBe(401)
    expect(silent.connections()).toBe(0)
    const away = await fetch(`${lonely.url}/readyz`)
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1'])
    expect(silent.connections()).toBeGreaterThan(0) // shows that connections are counted
    const front = await fetch(lonely.url)
    expect([front.status, await front.text()]).toEqual([200, expect.stringContaining('Not ready')])
  })

  test('Each request has its own database connection, and closes it', async () => {
    const url = await database.createDatabase()
    await prepareDatabase(url)
    await using sql = connect()
    const counts = () => sql.one`
      select sessions::int, (select count(*)::int from pg_stat_activity a where a.datname = d.datname) as open
      from pg_stat_database d where datname = ${new URL(url).pathname.slice(1)}`
    await expect.poll(counts).toMatchObject({ open: 0 })
    const sessions = (await counts())?.sessions as number
    await using lonely = await startWorker({ bundle, databaseUrl: url })
    const responses = Array.from({ length: 20 }, () => fetch(`${lonely.url}/readyz`))
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    await expect.poll(counts).toEqual({ sessions: sessions + 20, open: 0 })
  })
})

describe('wrong settings', () => {
  test.each([
    [
      'a short secret and weak hashes',
      { JWT_SECRET: 'short-and-secret', NODE_ENV: 'production' },
      /JWT_SECRET: must be at least 32 bytes[^}]*BCRYPT_COST: must be at least 10/,
    ],
    [
      'the path of keys',
      { JWT_KEYS: 'keys-secret.json', JWT_SECRET: undefined },
      /JWT_KEYS: must be a JSON Web Key Set/,
    ],
  ])(
    'With wrong settings (%s) the response is a problem without secrets, and the log names the settings',
    async (_what, env, reason) => {
      await using wrong = await startWorker({ bundle, databaseUrl: database.url, env })
      for (const path of ['/healthz', '/posts', '/nowhere']) {
        const response = await fetch(wrong.url + path)
        const text = await response.text()
        expect([response.status, response.headers.get('content-type')]).toEqual([
          503,
          'application/problem+json',
        ])
        expect(JSON.parse(text)).toMatchObject({ code: 'service.misconfigured', title: 'Not set up' })
        expect(text).not.toMatch(/JWT|BCRYPT|secret|stack/i)
        expect(response.headers.get('x-request-id')).toBe(JSON.parse(text).request_id)
      }
      expect(wrong.log()).toMatch(reason)
      expect(wrong.log()).not.toMatch(/short-and-secret|keys-secret/)
    },
  )
})

describe('the cron trigger', () => {
  test('The cron trigger deletes expired rows, and records the signing key', async () => {
    const { username, password } = rootAdmin
    const opened: any = await (await fetch(`${worker.url}/auth/token`, json({ username, password }))).json()
    const { sid } = decodeToken(opened.access_token).payload
    await using sql = connect()
    await sql.all`update sessions set ended_at = now() - interval '31 days' where id = ${sid}`
    await sql.all`insert into audit_events (id, at, action) values
      ('00000000-0000-7000-8000-000000000001', now() - interval '401 days', 'session.ended'),
      ('00000000-0000-7000-8000-000000000002', now() - interval '399 days', 'session.ended')`
    await worker.scheduled()
    expect(await sql.all`select id from sessions where id = ${sid}`).toEqual([])
    const kept = await sql.all`select id from audit_events where id::text like '00000000-%'`
    expect(kept).toEqual([{ id: '00000000-0000-7000-8000-000000000002' }])
    expect(await sql.all`select 1 from audit_events where action = 'key.first_used'`).toHaveLength(1)
  })

  test('The cron trigger logs a failure', async () => {
    await using silent = await silentServer()
    await using lonely = await startWorker({
      bundle,
      databaseUrl: silent.url,
      env: { DATABASE_TIMEOUT: '200ms' },
    })
    await expect(lonely.scheduled()).rejects.toThrow(/exception/)
  })
})

describe('requests to the Worker', () => {
  test('A request without an id gets the id of Cloudflare', async () => {
    const idOf = async (headers: Record<string, string>) =>
      (await fetch(`${worker.url}/healthz`, { headers })).headers.get('x-request-id')
    expect(await idOf({ 'cf-ray': '8f1d2c3b4a596877-FRA' })).toBe('8f1d2c3b4a596877-FRA')
    expect(await idOf({ 'cf-ray': '8f1d2c3b4a596877-FRA', 'x-request-id': 'mine' })).toBe('mine')
    expect(await idOf({ 'cf-ray': 'a b' })).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('A request writes the same log line as on Node', async () => {
    const id = `line-${Date.now()}`
    const headers = { 'x-request-id': id }
    await using talkative = await startServer({ DATABASE_URL: database.url, LOG_LEVEL: 'info' })
    await Promise.all([worker, talkative].map(({ url }) => fetch(`${url}/posts/1`, { headers })))
    const lineOf = (log: string) => JSON.parse(log.split('\n').find((line) => line.includes(id)) ?? 'null')
    await expect.poll(() => lineOf(worker.log())).toBeTruthy()
    await expect.poll(() => lineOf(talkative.log())).toBeTruthy()
    const [ours, nodes] = [lineOf(worker.log()), lineOf(talkative.log())]
    const own = { time: expect.stringMatching(/^\d{4}-.*Z$/), duration_ms: expect.any(Number) }
    expect(ours).toEqual({ ...nodes, ...own })
    expect(Object.keys(ours)).toEqual(Object.keys(nodes))
  })

  test.each([
    ['of 20,000 bytes', { 'x-long': 'x'.repeat(20_000) }],
    ['by the hundred', Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, 'x']))],
  ])('A request with headers %s is refused, as on Node', async (_what, headers) => {
    const responses = await Promise.all([worker, node].map(({ url }) => fetch(`${url}/healthz`, { headers })))
    const codes = await Promise.all(
      responses.map(async (response) => [response.status, (await response.json()) as any]),
    )
    expect(codes).toMatchObject(Array(2).fill([431, { code: 'request.headers_too_large' }]))
  })

  test('A request is counted by the address in Cloudflare’s header, together with requests on Node', async () => {
    const username = `nobody-${Date.now()}`
    const logIn = async (address: string) => {
      const headers = { 'cf-connecting-ip': address }
      return (await fetch(`${worker.url}/auth/token`, json({ username, password: 'a wrong one' }, headers)))
        .status
    }
    expect([await logIn('203.0.113.1'), await logIn('203.0.113.1')]).toEqual([401, 401])
    expect(await logIn('203.0.113.1')).toBe(429)
    expect(await logIn('203.0.113.2')).toBe(401)
  })

  test('A request on https gets cookies that are sent only by https', async () => {
    const { username, password } = rootAdmin
    const response = await fetch(`${worker.url}/auth/token?carrier=cookie`, json({ username, password }))
    expect(response.headers.getSetCookie()).toHaveLength(2)
    for (const cookie of response.headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Host-gatepost_.*HttpOnly.*Secure/)
    }
  })
})

describe('responses of the Worker', () => {
  /** Headers of HTTP itself, and of compression, which belongs to the platform. */
  const plain =
    /^(content-encoding|content-length|date|connection|keep-alive|transfer-encoding|x-request-id|vary)$/

  test.each([
    ['GET', '/docs'],
    ['GET', '/docs/swagger-ui-dist/swagger-ui.css'],
    ['GET', '/docs/swagger-ui-dist/swagger-ui-bundle.js'],
    ['HEAD', '/docs/swagger-ui-dist/swagger-ui-bundle.js'],
    ['GET', '/docs/start.js'],
    ['GET', '/favicon.ico'],
    ['GET', '/openapi.yaml'],
    ['GET', '/openapi.json'],
    ['GET', '/common-passwords.txt'],
    ['GET', '/swagger-ui.css'],
    ['OPTIONS', '/posts'],
    ['PUT', '/posts'],
    ['HEAD', '/posts?limit=0'],
    ['GET', '/posts/%ff'],
    ['GET', '/auth/whoami'],
    ['GET', '//posts'],
    ['GET', '/problems/request.invalid'],
  ])('The response to %s %s is the same as on Node, with all headers', async (method, path) => {
    const [ours, nodes] = await Promise.all(
      [worker, node].map(async ({ url }) => {
        const response = await fetch(url + path, { method })
        const headers = [...response.headers].filter(([name]) => !plain.test(name))
        const body = (await response.text()).replace(/"request_id":"[^"]*"/, '')
        return { status: response.status, headers: Object.fromEntries(headers), body }
      }),
    )
    expect(ours).toEqual(nodes)
  })

  test.each(['/posts/0', '/posts?limit=x', '/nothing', '/problems', '/', '/app', '/app/nothing'])(
    'The Korean response to %s is the same as on Node',
    async (path) => {
      const [ours, nodes] = await Promise.all(
        [worker, node].map(async ({ url }) => {
          const response = await fetch(url + path, { headers: { 'accept-language': 'ko', accept: '*/*' } })
          const body = (await response.text()).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll(url, '')
          return { status: response.status, language: response.headers.get('content-language'), body }
        }),
      )
      expect(ours).toEqual(nodes)
      expect(ours).toMatchObject({ language: 'ko', body: expect.stringMatching(/\p{Script=Hangul}/u) })
    },
  )

  test('Cloudflare never compresses a response with an entity tag, because that would make the tag weak', async () => {
    const { headers } = await fetch(`${worker.url}/posts`)
    expect(headers.get('etag')).toMatch(/^"/)
    expect(headers.get('cache-control')).toBe('no-store, no-transform')
    expect((await fetch(`${worker.url}/healthz`)).headers.get('cache-control')).toBe('no-store')
  })
})
