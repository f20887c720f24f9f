import { createClient, ProblemError } from 'gatepost/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type HttpApp, serveApp } from '../support/http-app.ts'

// How the client handles overload, broken connections and missing responses, on a real network.

let server: HttpApp
let api: ReturnType<typeof createClient>

beforeAll(async () => {
  server = await serveApp()
  api = createClient({ baseUrl: server.url })
  const account = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' }
  expect((await api.register(account)).error).toBeUndefined()
})
afterAll(() => server.close())
beforeEach(() => {
  server.requests.length = 0
  server.interfere = () => undefined
})
afterEach(() => {
  vi.useRealTimers()
})

/** Interferes only with the first requests. */
const onlyFirst = (count: number, interference: Exclude<ReturnType<HttpApp['interfere']>, undefined>) => {
  server.interfere = () => (server.requests.length <= count ? interference : undefined)
}
const busy = (status: number, retryAfter?: string) => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
})
const lines = () => server.requests.map(({ line }) => line)

describe('Retry-After', () => {
  test.each([429, 503])('Retry-After after %i is respected, for every method', async (status) => {
    onlyFirst(1, busy(status, '1'))
    const started = performance.now()
    const { error } = await api.PATCH('/users/me', { body: { email: 'ada@example.org' } })
    expect(error).toBeUndefined()
    expect(lines()).toEqual(['PATCH /users/me', 'PATCH /users/me'])
    expect(performance.now() - started).toBeGreaterThan(950)
  })

  test('Retry-After may be a date', async () => {
    onlyFirst(1, busy(503, new Date(Date.now() - 5000).toUTCString()))
    expect((await api.GET('/posts')).error).toBeUndefined()
    expect(lines()).toHaveLength(2)
  })

  test('A Retry-After longer than the timeout of the call ends the call at once', async () => {
    onlyFirst(1, busy(429, '900'))
    const { error, response } = await api.GET('/posts')
    expect([error?.status, response.headers.get('retry-after')]).toEqual([429, '900'])
    expect(lines()).toHaveLength(1)
  })

  test('Retry-After is obeyed to the second', async () => {
    const waits: number[] = []
    let last = 0
    vi.useFakeTimers()
    const slow = createClient({
      baseUrl: 'http://localhost',
      fetch: () => {
        waits.push(Date.now() - last)
        last = Date.now()
        return new Response(null, { status: 503, headers: { 'retry-after': '7' } })
      },
    })
    last = Date.now()
    const call = slow.GET('/posts')
    await vi.advanceTimersByTimeAsync(22_000)
    expect((await call).error?.status).toBe(503)
    expect(waits).toEqual([0, 7000, 7000, 7000])
  })
})

describe('attempts', () => {
  test('Attempts are limited to four', async () => {
    onlyFirst(99, busy(503, '0'))
    expect((await api.GET('/posts')).error?.code).toBe('client.unexpected_answer')
    expect(lines()).toHaveLength(4)
  })

  test('Attempts can be limited to one', async () => {
    onlyFirst(99, busy(503, '0'))
    await createClient({ baseUrl: server.url, attempts: 1 }).GET('/posts')
    expect(lines()).toHaveLength(1)
  })

  test('A broken connection is retried only for repeatable requests', async () => {
    onlyFirst(1, 'cut')
    expect((await api.GET('/posts')).error).toBeUndefined()
    onlyFirst(1, 'cut')
    server.requests.length = 0
    await expect(api.PATCH('/users/me', { body: { email: 'ada@example.net' } })).rejects.toThrow(
      'fetch failed',
    )
    expect(lines()).toEqual(['PATCH /users/me'])
  })

  test('A 502 or 504 is retried only for repeatable requests', async () => {
    onlyFirst(1, busy(502))
    expect((await api.GET('/posts')).error).toBeUndefined()
    server.requests.length = 0
    const { error } = await api.PATCH('/users/me', { body: { email: 'ada@example.net' } })
    expect([error?.code, error?.status]).toEqual(['client.unexpected_answer', 502])
    expect(lines()).toEqual(['PATCH /users/me'])
  })

  test('A body that breaks off is retried', async () => {
    onlyFirst(1, 'half')
    expect((await api.GET('/users/me')).data?.username).toBe('ada')
    expect(lines()).toHaveLength(2)
  })
})

describe('Idempotency-Key', () => {
  test('The Idempotency-Key is the same in every attempt, so a lost response does not write twice', async () => {
    onlyFirst(2, 'cut')
    const { data, response } = await api.POST('/posts', { body: { title: 'Once', body: 'Only once.' } })
    expect(response.headers.get('idempotency-replayed')).toBe('true')
    const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f]{32}$/)))
    expect(new Set(keys).size).toBe(1)
    const mine = await Array.fromAsync(api.pages('/users/me/posts'))
    expect(mine.filter(({ title }) => title === 'Once').map(({ id }) => id)).toEqual([data?.id])
  })

  test('The Idempotency-Key differs for each call, and can be set by the caller', async () => {
    const { data } = await api.POST('/posts', { body: { title: 'Commented', body: 'A lot.' } })
    const path = { id: data?.id ?? 0 }
    const chosen = { 'Idempotency-Key': 'chosen' }
    for (const header of [undefined, undefined, chosen, chosen]) {
      await api.POST('/posts/{id}/comments', {
        params: { path, ...(header && { header }) },
        body: { body: 'Well said.' },
      })
    }
    const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(4)
    expect(await Array.fromAsync(api.pages('/posts/{id}/comments', { params: { path } }))).toHaveLength(3)
  })

  test('The Idempotency-Key is not sent to operations that do not declare it', async () => {
    await api.GET('/posts')
    await api.logIn({ username: 'ada', password: 'correct horse battery' })
    expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined])
  })
})

describe('timeouts and aborts', () => {
  test('A call ends when its timeout has passed', async () => {
    onlyFirst(99, 'hang')
    const shortTimeoutClient = createClient({ baseUrl: server.url, timeout: 200 })
    await expect(shortTimeoutClient.GET('/posts')).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('A call ends when the caller aborts, with the reason of the signal', async () => {
    const controller = new AbortController()
    server.interfere = () => {
      controller.abort(new Error('no longer wanted'))
      return 'hang'
    }
    await expect(api.GET('/posts', { signal: controller.signal })).rejects.toThrow('no longer wanted')
  })

  test('A call can be aborted while it waits for the next attempt', async () => {
    const controller = new AbortController()
    onlyFirst(99, busy(503, '20'))
    const call = api.GET('/posts', { signal: controller.signal })
    await vi.waitFor(() => expect(lines()).toHaveLength(1))
    controller.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(lines()).toHaveLength(1)
  })

  test('A call that is aborted in advance sends nothing', async () => {
    await expect(api.GET('/posts', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(lines()).toEqual([])
  })
})

describe('pages', () => {
  const tag = 'paged'
  const write = (title: string) => api.POST('/posts', { body: { title, body: title, tags: [tag] } })
  const query = { tag: [tag], limit: 2, sort: 'oldest' as const }

  test('Pages are iterated to their end, each post once, although posts are written meanwhile', async () => {
    for (const title of ['1', '2', '3', '4', '5']) await write(title)
    const titles: string[] = []
    for await (const post of api.pages('/posts', { params: { query } })) {
      titles.push(post.title)
      if (post.title === '4') await write('6')
    }
    expect(titles).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('Pages are fetched only when they are needed', async () => {
    for await (const _ of api.pages('/posts', { params: { query } })) break
    expect(lines()).toHaveLength(1)
  })

  test('An iteration throws the server’s problem', async () => {
    const refused = Array.fromAsync(api.pages('/posts', { params: { query: { limit: 1000 } } }))
    const error = await refused.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ProblemError)
    expect(error).toMatchObject({ code: 'request.invalid', problem: { errors: [{ name: 'limit' }] } })
  })
})

describe('responses', () => {
  test('Responses that do not come from Gatepost are problems too', async () => {
    onlyFirst(1, {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Log in to this Wi-Fi</h1>',
    })
    const { error } = await api.GET('/posts')
    expect([error?.code, error?.status]).toEqual(['client.unexpected_answer', 502])
  })

  test('A response may be 304', async () => {
    const { response } = await api.GET('/users/me')
    const header = { 'If-None-Match': response.headers.get('etag') ?? '' }
    const again = await api.GET('/users/me', { params: { header } })
    expect([again.response.status, again.data, again.error]).toEqual([304, undefined, undefined])
  })

  test('A parameter that would change the path is refused', async () => {
    const path = { id: '..' }
    await expect(api.DELETE('/auth/sessions/{id}', { params: { path } })).rejects.toThrow(
      /^"\.\." cannot be the id in .*\/auth\/sessions\/\{id\}\.$/,
    )
    expect(lines()).toEqual([])
  })
})
