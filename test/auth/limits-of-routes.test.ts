import { describe, expect, test } from 'vitest'
import { databaseKinds, limitedApps, newAddress, password } from '../support/limited-apps.ts'
import { rootAdmin } from '../support/settings.ts'

describe.each(databaseKinds)('limits of other routes, and their records, on %s', (kind) => {
  const { openApp, rows } = limitedApps(kind)

  test('Registrations are limited by address; an invalid one does not count, a taken name does', async () => {
    const { call, clock } = await openApp({ REGISTER_LIMIT: '3', REGISTER_WINDOW: '1h' })
    const from = newAddress()
    const account = (changes: object = {}) => {
      const username = `u-${crypto.randomUUID().slice(0, 12)}`
      return { username, email: `${username}@example.com`, password, ...changes }
    }
    const taken = account()
    const register = (json: object, address = from) => call('/users', { json, from: address })
    const first = await register(taken)
    expect(first.headers.get('ratelimit-policy')).toBe('"register";q=3;w=3600')
    expect(first.left).toEqual({ register: { r: 2, t: 3600 } })
    expect((await register(account({ username: '?' }))).status).toBe(422)
    expect((await register(account({ password: 'password' }))).status).toBe(422) // refused by the service
    expect((await register(account({ username: taken.username }))).left).toEqual({
      register: { r: 1, t: 3600 },
    })
    expect((await register(account())).status).toBe(201)
    const refused = await register(account())
    expect([refused.status, refused.code, refused.retryAfter]).toEqual([429, 'request.too_many', 3600])
    expect((await register(account(), newAddress())).status).toBe(201)
    clock.now += 3_600_000
    expect((await register(account())).status).toBe(201)
  })

  test('Refreshes are limited by address, whether they succeed or not', async () => {
    const { call, register } = await openApp({ REFRESH_LIMIT: '3' })
    const { session } = await register()
    const from = newAddress()
    const refresh = (refresh_token: string, address = from) =>
      call('/auth/refresh', { json: { refresh_token }, from: address })
    const { json, left } = await refresh(session.refresh_token)
    expect(left).toEqual({ refresh: { r: 2, t: 900 } })
    expect((await refresh('made up')).status).toBe(401)
    const last = await refresh(json.refresh_token)
    expect([last.status, last.left]).toEqual([200, { refresh: { r: 0, t: 900 } }])
    const refused = await refresh(last.json.refresh_token)
    expect([refused.status, refused.code, refused.retryAfter]).toEqual([429, 'request.too_many', 900])
    expect((await refresh(last.json.refresh_token, newAddress())).status).toBe(200)
  })

  test('RATE_LIMIT=off disables all limits', async () => {
    const { call, register, fail, checked } = await openApp({
      RATE_LIMIT: 'off',
      LOGIN_LIMIT: '1',
      LOGIN_ADDRESS_LIMIT: '1',
      LOGIN_ACCOUNT_LIMIT: '1',
      REGISTER_LIMIT: '1',
      REFRESH_LIMIT: '1',
    })
    const before = await rows()
    const from = newAddress()
    const { username, session } = await register(from)
    await register(from)
    expect(await fail(username, from, 12)).toEqual(Array(12).fill(401))
    expect(checked).toHaveLength(12)
    let token = session.refresh_token
    for (let n = 0; n < 3; n++) {
      const response = await call('/auth/refresh', { json: { refresh_token: token }, from })
      expect([
        response.status,
        response.headers.has('ratelimit'),
        response.headers.has('ratelimit-policy'),
      ]).toEqual([200, false, false])
      token = response.json.refresh_token
    }
    expect(await rows()).toBe(before)
  })

  test('The failure that exhausts a limit is recorded once, with the account', async () => {
    const { call, register, fail, logIn } = await openApp({ LOGIN_LIMIT: '3' })
    const { username, session } = await register()
    await fail(username, newAddress(), 8)
    const admin = await logIn(rootAdmin.username, rootAdmin.password, newAddress())
    const { json } = await call(`/audit-events?action=session.login_limited&user=${session.user.id}`, {
      method: 'GET',
      headers: { authorization: admin.json.access_token },
    })
    expect(json.items).toMatchObject([{ detail: { policy: 'login' } }])
  })

  test('The document declares the limit on log-ins', async () => {
    const { fetch } = await openApp()
    const response = await fetch(new Request('http://localhost/openapi.json'))
    const document: any = await response.json()
    const operations = Object.values<any>(document.paths).flatMap((item) => Object.values<any>(item))
    const limited = operations.filter(({ responses }) => responses['429'].$ref.includes('TooManyAttempts'))
    expect(limited.map((operation) => operation.operationId).sort()).toEqual(
      ['changePassword', 'createApiToken', 'createToken', 'deleteMe', 'updateMe'].sort(),
    )
    expect(document.components.headers.RateLimit.required ?? false).toBe(false)
  })
})
