import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { createTestApp, openTestDatabase } from '../support/in-process.ts'

// REQUEST_LIMIT: the number of requests of all kinds that an address may send.

let database: DatabaseHandle
const cleanups: (() => Promise<void>)[] = []

beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => {
  for (const close of cleanups) await close()
  await database.close()
})

async function open(env: Record<string, string>) {
  const clock = { now: Date.now() }
  let address = '192.0.2.1'
  const overrides = { now: () => clock.now, peerAddress: () => address }
  const app = await createTestApp(env, overrides, database)
  cleanups.push(app.close)
  const get = (path: string, from = '192.0.2.1', init: RequestInit = {}) => {
    address = from
    return app.fetch(new Request(`http://localhost${path}`, init))
  }
  return { get, clock }
}

test('The limit is off by default', async () => {
  const { get } = await open({})
  const response = await get('/healthz')
  expect([response.headers.get('ratelimit'), response.headers.get('ratelimit-policy')]).toEqual([null, null])
})

test('An address may send the given number of requests in a window, to all paths together', async () => {
  const { get, clock } = await open({ REQUEST_LIMIT: '3', REQUEST_WINDOW: '10s' })
  const first = [await get('/healthz'), await get('/nowhere'), await get('/posts')]
  expect(first.map(({ status, headers }) => [status, headers.get('ratelimit')])).toEqual([
    [200, '"requests";r=2;t=10'],
    [404, '"requests";r=1;t=10'],
    [200, '"requests";r=0;t=10'],
  ])
  clock.now += 4500
  const refused = await get('/posts')
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ code: 'request.too_many' })
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'retry-after': '6',
    ratelimit: '"requests";r=0;t=6',
    'ratelimit-policy': '"requests";q=3;w=10',
  })
  expect((await get('/posts', '192.0.2.2')).status).toBe(200) // another address
  clock.now += 5500
  expect((await get('/posts')).status).toBe(200)
})

test('The headers contain the limit beside the limit of a route', async () => {
  const { get } = await open({ REQUEST_LIMIT: '100', RATE_LIMIT: 'on', LOGIN_LIMIT: '7' })
  const response = await get('/auth/token', '192.0.2.1', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('nobody:wrong')}` },
  })
  expect(response.status).toBe(401)
  expect(response.headers.get('ratelimit-policy')).toMatch(/^"requests";q=100;w=60, "login";q=7;/)
  expect(response.headers.get('ratelimit')).toMatch(/^"requests";r=99;t=60, "login";r=6;/)
})
