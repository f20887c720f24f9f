import { describe, expect, test } from 'vitest'
import {
  type Call,
  databaseKinds,
  limitedApps,
  newAddress,
  password,
  wrong,
} from '../support/limited-apps.ts'

describe.each(databaseKinds)('limits on log-ins: %s', (kind) => {
  const { openApp } = limitedApps(kind)

  test('Ten wrong passwords are checked, but an eleventh is not, even if it is right', async () => {
    const { logIn, register, fail, checked } = await openApp()
    const { username } = await register()
    const from = newAddress()
    expect(await fail(username, from, 10)).toEqual(Array(10).fill(401))
    expect(checked).toHaveLength(10)
    const refused = await logIn(username, password, from)
    expect([refused.status, refused.code, refused.retryAfter]).toEqual([429, 'auth.too_many_attempts', 900])
    expect(await fail(username, from, 5)).toEqual(Array(5).fill(429))
    expect(checked).toHaveLength(10)
    const elsewhere = await logIn(username, password, newAddress())
    expect([elsewhere.status, checked.length]).toEqual([200, 11])
  })

  test('The attempts are available again when the window ends, and not before', async () => {
    const { logIn, register, fail, clock } = await openApp()
    const { username } = await register()
    const from = newAddress()
    await fail(username, from, 4)
    clock.now += 600_000
    await fail(username, from, 6)
    expect((await logIn(username, password, from)).retryAfter).toBe(300)
    clock.now += 299_000
    expect((await logIn(username, password, from)).retryAfter).toBe(1)
    clock.now += 1000
    expect((await logIn(username, password, from)).status).toBe(200)
  })

  test('The headers count down, and start again after a success', async () => {
    const { logIn, register, clock } = await openApp({ LOGIN_LIMIT: '3', LOGIN_ADDRESS_LIMIT: '50' })
    const { username } = await register()
    const from = newAddress()
    const first = await logIn(username, wrong, from)
    expect(first.headers.get('ratelimit')).toBe('"login";r=2;t=900, "login-address";r=49;t=900')
    expect(first.headers.get('ratelimit-policy')).toBe(
      '"login";q=3;w=900, "login-address";q=50;w=900, "login-account";q=50;w=86400',
    )
    clock.now += 100_000
    const second = await logIn(username, wrong, from)
    expect(second.left).toEqual({ login: { r: 1, t: 800 }, 'login-address': { r: 48, t: 800 } })
    const right = await logIn(username, password, from)
    expect(right.left).toEqual({ login: { r: 3, t: 900 }, 'login-address': { r: 48, t: 800 } })
    const statuses = [wrong, wrong, wrong, wrong].map(async (secret) => logIn(username, secret, from))
    const responses = await Promise.all(statuses)
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(3)
    const refused = await logIn(username, wrong, from)
    expect(refused.headers.get('ratelimit')).toBe(`"login";r=0;t=${refused.retryAfter}`)
  })

  test('Either name of an account counts for it, in any case and with HTTP Basic', async () => {
    const { call, logIn, register, fail } = await openApp()
    const { username, email } = await register()
    const from = newAddress()
    await fail(username, from, 4)
    await fail(email.toUpperCase(), from, 3)
    for (let n = 0; n < 3; n++) {
      const authorization = `Basic ${btoa(`${username}:${wrong}`)}`
      expect((await call('/auth/token', { headers: { authorization }, from })).status).toBe(401)
    }
    expect((await logIn(username, password, from)).status).toBe(429)
    expect((await logIn(email, password, from)).status).toBe(429)
  })

  test('Unknown names are limited in exactly the same way', async () => {
    const { logIn, register } = await openApp({ LOGIN_LIMIT: '4', LOGIN_ACCOUNT_LIMIT: '6' })
    const { username } = await register()
    const attemptsWith = async (name: string) => {
      const [here, there, third] = [newAddress(), newAddress(), newAddress()]
      const responses = []
      for (const from of [here, here, here, here, here, there, there, there, third]) {
        const { status, code, headers, json } = await logIn(name, wrong, from)
        const names = ['ratelimit', 'ratelimit-policy', 'retry-after']
        responses.push([status, code, json.detail, ...names.map((header) => headers.get(header))])
      }
      return responses
    }
    const known = await attemptsWith(username)
    expect(known.map(([status]) => status)).toEqual([401, 401, 401, 401, 429, 401, 401, 429, 429])
    expect(await attemptsWith(`nobody-${crypto.randomUUID()}`)).toEqual(known)
  })

  test('The attempts left for one name do not show that another name belongs to the same account', async () => {
    const { logIn, register, fail } = await openApp()
    const { username, email } = await register()
    const from = newAddress()
    await fail(username, from, 3)
    expect((await logIn(email, wrong, from)).left.login?.r).toBe(9)
  })

  test('A success clears the failures with both names, but only from its own address', async () => {
    const { logIn, register, fail } = await openApp()
    const { username, email } = await register()
    const [from, attacker] = [newAddress(), newAddress()]
    await fail(username, attacker, 10)
    await fail(username, from, 5)
    await fail(email, from, 4)
    expect((await logIn(email, password, from)).status).toBe(200)
    expect(await fail(username, from, 10)).toEqual(Array(10).fill(401))
    expect((await logIn(username, wrong, from)).status).toBe(429)
    expect((await logIn(username, password, attacker)).status).toBe(429)
  })

  test('The limit of an address covers all accounts, and a success there does not clear it', async () => {
    const { logIn, register, checked, clock } = await openApp({ LOGIN_ADDRESS_LIMIT: '12' })
    const own = await register()
    const from = newAddress()
    const statuses: number[] = []
    for (let n = 0; n < 14; n++) {
      statuses.push((await logIn(`victim-${n}-${from}`, wrong, from)).status)
      if (n === 5) expect((await logIn(own.username, password, from)).status).toBe(200)
    }
    expect(statuses).toEqual([...Array(12).fill(401), 429, 429])
    expect(checked).toHaveLength(13)
    const refused = await logIn(own.username, password, from)
    expect(refused.left).toEqual({ 'login-address': { r: 0, t: 900 } })
    expect((await logIn(own.username, password, newAddress())).status).toBe(200)
    clock.now += 900_000
    expect((await logIn(own.username, password, from)).status).toBe(200)
  })

  test('IPv6 addresses count by their /64', async () => {
    const { logIn, register, fail } = await openApp({ LOGIN_LIMIT: '4' })
    const { username } = await register()
    for (const host of ['::1', '::2', ':a:b:c:d', ':ffff::']) await fail(username, `2001:db8:0:1${host}`, 1)
    expect((await logIn(username, password, '2001:db8:0:1:9::9')).status).toBe(429)
    expect((await logIn(username, password, '2001:db8:0:2::1')).status).toBe(200)
  })

  test('A client with an access token cannot use it to guess the password', async () => {
    const { call, logIn, register, checked } = await openApp()
    const { session, username } = await register()
    const [from, headers] = [newAddress(), { authorization: session.access_token }]
    const newPassword = 'another horse battery'
    const guesses: [string, Call][] = [
      ['/users/me', { method: 'DELETE', json: { password: wrong } }],
      ['/users/me/password', { method: 'PUT', json: { current_password: wrong, new_password: newPassword } }],
      ['/users/me', { method: 'PATCH', json: { current_password: wrong, email: 'thief@example.com' } }],
    ]
    for (let n = 0; n < 9; n++) {
      const [path, init] = guesses[n % 3] ?? ['', {}]
      const { status, left } = await call(path, { ...init, from, headers })
      expect([status, left.login?.r]).toEqual([403, 9 - n])
    }
    expect((await logIn(username, wrong, from)).status).toBe(401)
    expect(checked).toHaveLength(10)
    for (const [path, init] of guesses) {
      expect((await call(path, { ...init, from, headers })).code).toBe('auth.too_many_attempts')
    }
    expect(checked).toHaveLength(10)
    const json = { username: `n-${username}` }
    expect((await call('/users/me', { method: 'PATCH', json, from, headers })).status).toBe(200)
  })
})
