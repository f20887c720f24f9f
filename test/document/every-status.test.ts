import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config/config.ts'
import { openPostgres } from '../../src/db/database.ts'
import { boundedListener } from '../../src/node/bounded-listener.ts'
import { createDeps } from '../../src/node/deps.ts'
import { exchange } from '../node/fixtures/raw-http.ts'
import { type Api, type ApiInit, createApi, overHttp, type Send } from '../support/api.ts'
import { createTestApp, openTestDatabase, type TestApp } from '../support/in-process.ts'
import { type DocumentedOperation, documented } from '../support/operations.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin, testSettings } from '../support/settings.ts'

// Each operation must respond with the statuses that it documents: 400 for a bad request, 401 without a token, 429
// after too many requests, 503 without a database … At the end of a run the reporter lists the documented statuses
// without any response.

const { contract, operations } = await documented()
const target = { kind: 'in-process', admin: rootAdmin } as const
const cleanups: (() => Promise<void>)[] = []

const metricsToken = 'm'.repeat(32)

let normal: Api
let user: Person
let admin: Person
let withoutDatabase: Api
let failing: Api
let limited: Api
let server: TestServer

beforeAll(async () => {
  const database = await openTestDatabase()
  const open = async (env: Record<string, string>) => {
    const app = await createTestApp(env, {}, database)
    cleanups.push(app.close)
    return over(app)
  }
  const starting = startServer({
    REQUEST_TIMEOUT: '1s',
    METRICS_TOKEN: metricsToken,
    SECURITY_CONTACT: 'security@example.com',
  })
  normal = await open({ BODY_LIMIT: '1024' })
  limited = await open({ REQUEST_LIMIT: '1', REQUEST_WINDOW: '1h' })
  cleanups.push(database.close)
  withoutDatabase = await openWithoutDatabase()
  failing = over(await createTestApp({ LOG_LEVEL: 'silent' }, { connect: fault }, database))
  await limited.get('/healthz')
  ;[user, admin] = await Promise.all([newUser(normal), newAdmin(normal)])
  server = await starting
})
afterAll(async () => {
  await server?.stop()
  for (const close of cleanups) await close()
})
// biome-ignore lint/correctness/noEmptyPattern: vitest accepts only a pattern here
afterAll(async ({}, file) => {
  file.meta.contract = contract.coverage()
})

function over(app: TestApp): Api {
  const send: Send = async (path, init) => app.fetch(new Request(`http://localhost${path}`, init))
  return createApi(send, contract, target)
}

/** A service whose PostgreSQL is unreachable. */
async function openWithoutDatabase(): Promise<Api> {
  const database = openPostgres({
    url: 'postgres://nobody@127.0.0.1:9/nothing',
    connections: 1,
    timeout: 1000,
  })
  const { deps, close } = await createDeps(parseConfig({ ...testSettings, LOG_LEVEL: 'silent' }), database)
  cleanups.push(close, database.close)
  const app = createApp(deps)
  return over({ fetch: async (request) => app.fetch(request), close })
}

/** An unexpected error. */
function fault(): never {
  throw new TypeError('undefined is not a function')
}

interface Probe {
  /** The end of the code of the problem, which shows that the reason is right. */
  code: string
  ask(operation: DocumentedOperation): Promise<{ status: number; json?: any }>
  appliesTo?(operation: DocumentedOperation): boolean
}

const validRequest = (operation: DocumentedOperation): ApiInit => ({
  method: operation.method,
  ...(operation.isGuarded && { token: admin.token }),
})
/** The example in the document. Refresh tokens must come from this server. */
const bodyFor = ({ id, body }: DocumentedOperation) =>
  id === 'refreshToken' ? { refresh_token: user.session.refresh_token } : body

/** How to provoke each status that many operations document. */
const probes: Record<number, Probe> = {
  400: {
    code: 'request.malformed',
    ask: (operation) => normal.request(`${operation.path}?%FF`, validRequest(operation)),
  },
  401: {
    code: 'auth.token_missing',
    appliesTo: ({ isGuarded }) => isGuarded, // open operations have other reasons for a 401
    ask: ({ path, method }) => normal.request(path, { method }),
  },
  403: {
    code: 'auth.cross_site',
    appliesTo: ({ isGuarded, method }) => isGuarded && method !== 'GET',
    ask: ({ path, method }) =>
      normal.request(path, { method, headers: { cookie: `gatepost_access=${admin.token}` } }),
  },
  404: {
    code: 'not_found',
    ask: (operation) =>
      normal.request(operation.unknownPath, {
        ...validRequest(operation),
        ...(operation.hasBody && { json: bodyFor(operation) }),
      }),
  },
  406: {
    code: 'request.not_acceptable',
    ask: (operation) =>
      normal.request(operation.path, {
        ...validRequest(operation),
        headers: { accept: 'application/x-nothing' },
      }),
  },
  408: { code: 'request.timeout', ask: (operation) => sendHalf(operation) },
  413: {
    code: 'request.too_large',
    ask: (operation) =>
      normal.request(operation.path, { ...validRequest(operation), json: { text: 'x'.repeat(2000) } }),
  },
  415: {
    code: 'request.unsupported_media_type',
    ask: (operation) =>
      normal.request(operation.path, {
        ...validRequest(operation),
        rawBody: '<a/>',
        headers: { 'content-type': 'text/xml' },
      }),
  },
  422: {
    code: 'request.invalid',
    // Explanations of problems ignore a query, but refuse a code beyond the maximum length.
    ask: (operation) =>
      normal.request(`${operation.path.replace('posts.not_found', 'x'.repeat(65))}?unheard_of=1`, {
        ...validRequest(operation),
        ...(operation.hasBody && { json: {} }),
      }),
  },
  429: {
    code: 'request.too_many',
    ask: (operation) => limited.request(operation.path, validRequest(operation)),
  },
  431: {
    code: 'request.headers_too_large',
    ask: (operation) => sendManyHeaders(operation),
  },
  500: {
    code: 'service.failure',
    ask: (operation) => failing.request(operation.path, validRequest(operation)),
  },
  503: {
    code: 'service.unavailable',
    appliesTo: ({ problems }) => problems.includes('service.unavailable'),
    ask: (operation) =>
      withoutDatabase.request(operation.path, {
        ...validRequest(operation),
        ...(operation.hasBody && { json: bodyFor(operation) }),
      }),
  },
}

/** A request that never ends: half of a body and no more bytes. */
async function sendHalf(operation: DocumentedOperation) {
  const { method, path, isGuarded } = operation
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'Content-Length: 100',
    ...(isGuarded ? [`Authorization: ${await tokenOfServer()}`] : []),
  ]
  const request = `${lines.join('\r\n')}\r\n\r\n{`
  const [response] = await exchange(Number(new URL(server.url).port), request)
  if (!response) throw new Error('The server closed the connection without a response.')
  contract.check({ method, path, ...response })
  return { status: response.status, json: JSON.parse(response.body) }
}

async function sendManyHeaders(operation: DocumentedOperation) {
  const headers = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`x-header-${n}`, 'x']))
  return onServer().request(operation.path, { method: operation.method, headers })
}

const onServer = () => createApi(overHttp(server.url), contract, target)

let token: Promise<string> | undefined
function tokenOfServer(): Promise<string> {
  token ??= newAdmin(onServer()).then((person) => person.token)
  return token
}

test.each(Object.entries(probes))(
  'Each operation that documents %s responds with it',
  async (status, probe) => {
    const documenting = operations.filter((operation) => operation.statuses.includes(Number(status)))
    const probed = documenting.filter((operation) => probe.appliesTo?.(operation) ?? true)
    expect(probed.length).toBeGreaterThan(0)
    const responses = await Promise.all(
      probed.map(async (operation) => {
        const { status, json } = await probe.ask(operation)
        return [operation.id, status, json.code.endsWith(probe.code) ? probe.code : json.code]
      }),
    )
    expect(responses).toEqual(probed.map(({ id }) => [id, Number(status), probe.code]))
  },
)

test('Under overload each operation except the probes gets a 503', async () => {
  const handle = vi.fn(async (_: unknown, response: ServerResponse) => void response.end())
  const busy = createServer(boundedListener(0, handle)).listen(0, '127.0.0.1')
  cleanups.push(async () => void busy.close())
  await once(busy, 'listening')
  const { port } = busy.address() as AddressInfo
  const api = createApi(overHttp(`http://127.0.0.1:${port}`), contract, target)
  const documenting = operations.filter(({ problems }) => problems.includes('service.overloaded'))
  expect(documenting.length).toBeGreaterThan(0)
  for (const { method, path } of documenting)
    expect(await api.request(path, { method })).toMatchObject({
      status: 503,
      json: { code: 'service.overloaded' },
    })
  expect(handle).not.toHaveBeenCalled()
})

test('Operations that need special settings respond with these statuses', async () => {
  const ask = async (authorization: string) =>
    (await onServer().get('/metrics', { headers: { authorization } })).status
  expect(await ask('Bearer another')).toBe(401)
  expect(await ask(`Bearer ${metricsToken}`)).toBe(200)
  expect((await onServer().get('/.well-known/security.txt')).status).toBe(200)
})

test('An unchanged representation is not sent again', async () => {
  const path = `/users/${user.id}`
  const { headers } = await normal.get(path, { token: user.token })
  const again = await normal.get(path, {
    token: user.token,
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  })
  expect(again.status).toBe(304)
})

test('The last admin cannot be deleted', async () => {
  const { token, id, password } = admin
  const responses = [
    await normal.delete('/users/me', { token, json: { password } }),
    await normal.patch(`/users/${id}`, { token, json: { role: 'user' } }),
  ]
  expect(responses.map(({ status, json }) => [status, json.code])).toEqual([
    [409, 'users.last_admin'],
    [409, 'users.last_admin'],
  ])
})
