import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogFields } from '../../src/api/log.ts'
import type { FinishedRequest } from '../../src/api/metrics.ts'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { createTestApp, openTestDatabase, type TestApp } from '../support/in-process.ts'
import { rootAdmin } from '../support/settings.ts'

interface Line extends LogFields {
  level: string
  msg: string
}

/** Everything that the app has logged and measured. */
const lines: Line[] = []
const ownMetrics: FinishedRequest[] = []
const writer = (level: string) => (fields: LogFields, msg: string) =>
  void lines.push({ level, msg, ...fields })
const log = { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }
const nothing = () => {}
const recorder = {
  request: (answered: FinishedRequest) => void ownMetrics.push(answered),
  limited: nothing,
  password: nothing,
  refused: nothing,
}

let database: DatabaseHandle
let app: TestApp
let limited: TestApp
let failing: TestApp

beforeAll(async () => {
  database = await openTestDatabase()
  const overrides = { log, metrics: { recorder, read: async () => '' } }
  app = await createTestApp({ BODY_LIMIT: '1KiB', CORS_ORIGINS: 'https://a.example' }, overrides, database)
  limited = await createTestApp(
    { REQUEST_LIMIT: '1' },
    { ...overrides, peerAddress: () => '192.0.2.1' },
    database,
  )
  const broken = { connect: () => new Proxy({}, { get: () => fail }) as never }
  failing = await createTestApp({}, { ...overrides, ...broken }, database)
})
afterAll(async () => {
  for (const one of [app, limited, failing]) await one?.close()
  await database?.close()
})

function fail(): never {
  throw new Error('Canary:\n    at CANARY (canary.ts:1:1)', { cause: new Error('CANARY') })
}

/** Sends a request, and compares the log with the measurements. @returns the lines of this request */
async function linesOf(to: TestApp, method: string, path: string, init: RequestInit = {}) {
  lines.length = 0
  ownMetrics.length = 0
  const response = await to.fetch(new Request(`http://localhost${path}`, { method, ...init }))
  const last = lines.at(-1)
  expect(ownMetrics.at(-1)).toMatchObject({ method, route: last?.route, status: response.status })
  return lines.filter(({ request_id }) => request_id === response.headers.get('x-request-id'))
}

const json = (body: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe('responses before the handler', () => {
  test.for<[string, string, RequestInit, object]>([
    ['GET', '/users/me', {}, { route: '/users/me', status: 401, code: 'auth.token_missing' }],
    ['HEAD', '/users/me', {}, { route: '/users/me', status: 401, code: 'auth.token_missing' }],
    [
      'PATCH',
      '/users/me',
      { headers: { authorization: 'x.y.z' } },
      { route: '/users/me', status: 401, code: 'auth.token_invalid' },
    ],
    ['DELETE', '/posts/1', {}, { route: '/posts/:id', status: 401, code: 'auth.token_missing' }],
    ['GET', '/users/me/posts', {}, { route: '/users/me/posts', status: 401, code: 'auth.token_missing' }],
    ['GET', '/problems/x', {}, { route: '/problems/:code', status: 404, code: 'problems.not_found' }],
    ['GET', '/posts?limit=x', {}, { route: '/posts', status: 422, code: 'request.invalid' }],
    ['GET', '/posts?q=%ff', {}, { route: '/posts', status: 400, code: 'request.malformed' }],
    [
      'POST',
      '/auth/token',
      { headers: { 'content-type': 'text/plain' }, body: 'x' },
      { route: '/auth/token', status: 415, code: 'request.unsupported_media_type' },
    ],
    [
      'POST',
      '/users',
      json({ username: 'x'.repeat(2000) }),
      { route: '/users', status: 413, code: 'request.too_large' },
    ],
    ['POST', '/users', json({}), { route: '/users', status: 422, code: 'request.invalid' }],
    [
      'GET',
      '/posts',
      { headers: { accept: 'image/png' } },
      { route: '/posts', status: 406, code: 'request.not_acceptable' },
    ],
    ['PUT', '/posts/1', {}, { route: '/posts/:id', status: 405, code: 'route.method_not_allowed' }],
    ['PUT', '/users/me', {}, { route: '/users/me', status: 405, code: 'route.method_not_allowed' }],
    ['OPTIONS', '/users/me', {}, { route: '/users/me', status: 204 }],
    ['GET', '/nowhere/at/all', {}, { route: '/*', status: 404, code: 'route.not_found' }],
  ])(
    'The response (%s %s) is logged and measured under its own route, with its code',
    async ([method, path, init, line]) => {
      const written = await linesOf(app, method, path, init)
      expect(written).toHaveLength(1)
      expect(written[0]).toMatchObject({ level: 'info', msg: 'request', method, ...line })
      expect(written[0]?.error).toBeUndefined()
    },
  )

  test('A refusal because of a role or a limit has its code and route too', async () => {
    const account = { username: 'somebody', email: 'somebody@example.com', password: 'a long password here' }
    const registered = await app.fetch(
      new Request('http://localhost/users', { method: 'POST', ...json(account) }),
    )
    const { access_token } = (await registered.json()) as { access_token: string }
    const asUser = { headers: { authorization: access_token } }
    const [forbidden] = await linesOf(app, 'GET', '/audit-events', asUser)
    expect(forbidden).toMatchObject({ route: '/audit-events', status: 403, code: 'auth.forbidden' })
    await limited.fetch(new Request('http://localhost/healthz'))
    const [tooMany] = await linesOf(limited, 'GET', '/users/me')
    expect(tooMany).toMatchObject({ route: '/users/me', status: 429, code: 'request.too_many' })
  })

  test('A response of a page has the code of its problem', async () => {
    const written = await linesOf(app, 'GET', '/app/nowhere')
    expect(written.at(-1)).toMatchObject({ route: '/app/*', status: 404, code: 'route.not_found' })
  })
})

test('A successful response has no code', async () => {
  const login = { username: rootAdmin.username, password: rootAdmin.password }
  const [, line = lines.at(-1)] = await linesOf(app, 'POST', '/auth/token', json(login))
  expect(line).toMatchObject({ route: '/auth/token', status: 200 })
  expect(line?.code).toBeUndefined()
})

describe('unexpected errors', () => {
  test.for([
    ['/posts', '/posts'],
    ['/posts?q=bicycle', '/posts'],
    ['/app', '/app'],
  ])('An unexpected error is one line with its stack, route and code: %s', async ([path = '', route]) => {
    const written = await linesOf(failing, 'GET', path)
    expect(written.filter(({ error }) => error?.stack)).toHaveLength(1)
    expect(written.at(-1)).toMatchObject({ route, status: 500, code: 'service.failure' })
    const failure = written.find(({ error }) => error)
    expect(failure).toMatchObject({ level: 'error', msg: 'request', status: 500 })
    expect(failure?.error?.stack?.[0]).toMatch(/^at .*fail /)
    expect(JSON.stringify(written)).not.toContain('CANARY')
  })
})
