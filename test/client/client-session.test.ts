import { createClient, inMemory, inStorage, type Problem, type SessionStore } from 'gatepost/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HttpApp, serveApp } from '../support/http-app.ts'

// The published client against a real server whose clock the tests move. The clock of this machine is ahead of it,
// so the client does not expect a token to expire unless a test says so.

let server: HttpApp

beforeAll(async () => {
  server = await serveApp()
})
afterAll(() => server.close())
beforeEach(() => {
  server.requests.length = 0
  server.interfere = () => undefined
})

const password = 'correct horse battery'
const refreshes = () => server.requests.filter(({ line }) => line.startsWith('POST /auth/refresh')).length
const expire = () => {
  server.clock.now += 904_000
}

/** A new user, with what the client stores and reports of the session. */
async function newcomer(session: SessionStore = inMemory()) {
  const ended: Problem[] = []
  const api = createClient({ baseUrl: server.url, session, onSessionEnd: (problem) => ended.push(problem) })
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  const { data, error } = await api.register({ username, email: `${username}@example.com`, password })
  if (error) throw new Error(error.detail)
  return { api, username, session, ended, user: data.user, first: data }
}

test('The client registers, logs in, reads its own account and logs out', async () => {
  const { api, username, session } = await newcomer()
  expect((await api.GET('/auth/whoami')).data?.logged_in_as).toBe(username)
  expect((await api.logOut()).response.status).toBe(204)
  expect(await session.get()).toBeUndefined()
  expect((await api.GET('/auth/whoami')).error?.code).toBe('auth.token_missing')
  expect((await api.logIn({ username, password: 'wrong' })).error?.code).toBe('auth.bad_credentials')
  expect((await api.logIn({ username, password })).data?.user.username).toBe(username)
  expect((await api.GET('/users/me')).data?.username).toBe(username)
})

test('The client sends no token to open operations', async () => {
  const { api } = await newcomer()
  await api.GET('/posts')
  expect(server.requests.at(-1)?.headers.authorization).toBeUndefined()
})

test('The client does not use the session if the caller sets credentials', async () => {
  const { api, first } = await newcomer()
  const other = await newcomer()
  const headers = { authorization: `Bearer ${other.first.access_token}` }
  expect((await api.GET('/users/me', { headers })).data?.id).toBe(other.user.id)
  expect((await api.GET('/users/me')).data?.id).toBe(first.user.id)
})

describe('refresh', () => {
  test('Twenty concurrent calls with an expired token refresh it once, and all succeed', async () => {
    const { api, user, session, first } = await newcomer()
    expire()
    const responses = await Promise.all(Array.from({ length: 20 }, () => api.GET('/users/me')))
    expect(responses.map(({ data }) => data?.id)).toEqual(Array(20).fill(user.id))
    expect(refreshes()).toBe(1)
    expect((await session.get())?.refresh_token).not.toBe(first.refresh_token)
  })

  test('A call that is refused after the refresh of another call does not refresh again', async () => {
    const { api } = await newcomer()
    expire()
    const late = api.GET('/auth/sessions')
    await api.GET('/users/me')
    expect((await late).error).toBeUndefined()
    expect(refreshes()).toBe(1)
  })

  test('The refresh comes shortly before the token expires, without a refused call', async () => {
    const { api, session, first } = await newcomer()
    await session.set({ ...first, received_at: Date.now() - 871_000 })
    server.requests.length = 0
    expect((await api.GET('/users/me')).error).toBeUndefined()
    expect(server.requests.map(({ line }) => line)).toEqual(['POST /auth/refresh', 'GET /users/me'])
  })

  test('An early refresh may fail, since the old token is still valid', async () => {
    const { api, session, first } = await newcomer()
    await session.set({ ...first, received_at: Date.now() - 871_000 })
    server.interfere = (line) => (line === 'POST /auth/refresh' ? 'cut' : undefined)
    expect((await api.GET('/users/me')).error).toBeUndefined()
    expect(refreshes()).toBe(1)
  })

  test('A session with only a refresh token is refreshed first', async () => {
    const { first } = await newcomer()
    const api = createClient({
      baseUrl: server.url,
      session: inMemory({ refresh_token: first.refresh_token }),
    })
    expect((await api.GET('/users/me')).data?.id).toBe(first.user.id)
  })

  test('There is no refresh without a refresh token', async () => {
    const { first } = await newcomer()
    const api = createClient({ baseUrl: server.url, session: inMemory({ access_token: first.access_token }) })
    expire()
    expect((await api.GET('/users/me')).error?.code).toBe('auth.token_expired')
    expect(refreshes()).toBe(0)
  })

  test('A refresh survives a lost response', async () => {
    const { api, user } = await newcomer()
    expire()
    server.interfere = (line) => (line === 'POST /auth/refresh' && refreshes() === 1 ? 'cut' : undefined)
    expect((await api.GET('/users/me')).data?.id).toBe(user.id)
    expect(refreshes()).toBe(2)
  })

  test('A refresh does not disturb a second tab, which finds the new tokens in the storage', async () => {
    const items = new Map<string, string>()
    const storage = {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    }
    const { api, user } = await newcomer(inStorage(storage))
    const tab = createClient({ baseUrl: server.url, session: inStorage(storage) })
    expire()
    const [one, two] = await Promise.all([api.GET('/users/me'), tab.GET('/users/me')])
    expect([one.data?.id, two.data?.id, (await tab.GET('/users/me')).data?.id]).toEqual(
      Array(3).fill(user.id),
    )
    await tab.logOut()
    expect(items.size).toBe(0)
    expect((await api.GET('/users/me')).error?.code).toBe('auth.token_missing')
  })

  test('A refresh without a response is reported, and the session is kept', async () => {
    const { api, session, ended } = await newcomer()
    expire()
    server.interfere = (line) =>
      line === 'POST /auth/refresh' ? { status: 503, headers: { 'retry-after': '3600' } } : undefined
    const { error, response } = await api.GET('/users/me')
    expect([error?.code, response.status]).toEqual(['client.unexpected_answer', 503])
    expect([await session.get(), ended]).toEqual([expect.objectContaining({ token_type: 'Bearer' }), []])
    server.interfere = () => undefined
    expect((await api.GET('/users/me')).error).toBeUndefined()
  })

  test('A refresh continues when the call that caused it is aborted', async () => {
    const { api } = await newcomer()
    expire()
    const controller = new AbortController()
    server.interfere = (line) => {
      if (line === 'POST /auth/refresh') controller.abort(new Error('gone'))
      return undefined
    }
    const [impatient, patient] = await Promise.allSettled([
      api.GET('/users/me', { signal: controller.signal }),
      api.GET('/users/me'),
    ])
    expect(impatient).toEqual({ status: 'rejected', reason: new Error('gone') })
    expect(patient).toMatchObject({ value: { data: { role: 'user' } } })
    expect(refreshes()).toBe(1)
  })
})

describe('the end of a session', () => {
  test('The end after a theft is reported once, to all calls, and the tokens are deleted', async () => {
    const { api, session, ended, first } = await newcomer()
    const thief = createClient({ baseUrl: server.url, session: inMemory(first) })
    expire()
    expect((await thief.GET('/users/me')).error).toBeUndefined()
    server.clock.now += 11_000
    const responses = await Promise.all([api.GET('/users/me'), api.GET('/auth/sessions')])
    expect(responses.map(({ error }) => error?.code)).toEqual(Array(2).fill('auth.refresh_reused'))
    expect(ended.map(({ code }) => code)).toEqual(['auth.refresh_reused'])
    expect(await session.get()).toBeUndefined()
    expect((await thief.GET('/users/me')).error?.code).toBe('auth.session_revoked')
  })

  test('The end on another device is reported too', async () => {
    const { api, username, ended } = await newcomer()
    const elsewhere = createClient({ baseUrl: server.url })
    await elsewhere.logIn({ username, password })
    await elsewhere.DELETE('/auth/sessions')
    expect((await api.GET('/users/me')).error?.code).toBe('auth.session_revoked')
    expect((await api.GET('/users/me')).error?.code).toBe('auth.token_missing')
    expect(ended.map(({ code }) => code)).toEqual(['auth.session_revoked'])
  })

  test('A log-out is not undone by a running refresh', async () => {
    const { api, session } = await newcomer()
    expire()
    server.interfere = (line) => {
      if (line === 'POST /auth/refresh') void session.set(undefined)
      return undefined
    }
    await api.GET('/users/me')
    expect(await session.get()).toBeUndefined()
  })

  test('A call is never repeated as the next user', async () => {
    const { api, session, first } = await newcomer()
    const other = await newcomer()
    expire()
    const fresh = await other.api.GET('/users/me').then(() => other.session.get())
    await session.set({ ...first, received_at: Date.now() })
    server.interfere = (line) => {
      if (line === 'POST /posts') void session.set(fresh as NonNullable<Parameters<SessionStore['set']>[0]>)
      return undefined
    }
    const { error } = await api.POST('/posts', { body: { title: 'Mine', body: 'Not theirs.' } })
    expect(error?.code).toBe('auth.token_expired')
  })
})
