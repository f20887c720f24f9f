import { afterAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/in-process.ts'
import { rootAdmin } from '../support/settings.ts'
import { decodeToken, forge } from '../support/tokens.ts'

/** Every test has its own user and only moves the clock forward, so tests with the same settings share an app. */
const apps = new Map<string, Promise<ClockedApp>>()

interface ClockedApp {
  app: TestApp
  clock: { now: number }
}

async function openApp(env: Record<string, string>): Promise<ClockedApp> {
  const clock = { now: Date.now() }
  return { app: await createTestApp(env, { now: () => clock.now }), clock }
}

afterAll(async () => {
  for (const { app } of await Promise.all(apps.values())) await app.close()
})

/** A new user on an app whose clock the test moves. */
async function appWithClock(env: Record<string, string> = {}) {
  const key = JSON.stringify(env)
  if (!apps.has(key)) apps.set(key, openApp(env))
  const { app, clock } = await (apps.get(key) ?? openApp(env))
  const call = async (path: string, { token, json }: { token?: string; json?: unknown } = {}) => {
    const response = await app.fetch(
      new Request(`http://localhost${path}`, {
        method: json === undefined ? 'GET' : 'POST',
        headers: {
          ...(token && { authorization: token }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      }),
    )
    const body: any = await response.json()
    return { status: response.status, code: body.code, body }
  }
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  const account = { username, email: `${username}@example.com`, password: 'correct horse battery' }
  const session = (await call('/users', { json: account })).body
  return {
    session,
    now: () => Math.floor(clock.now / 1000),
    wait: (seconds: number) => {
      clock.now += seconds * 1000
    },
    get: (path: string, token: string) => call(path, { token }),
    admin: async () =>
      (await call('/auth/token', { json: { username: rootAdmin.username, password: rootAdmin.password } }))
        .body.access_token,
    me: (token: string) => call('/users/me', { token }),
    refresh: (refresh_token: string) => call('/auth/refresh', { json: { refresh_token } }),
  }
}

describe('access tokens', () => {
  test('An access token expires after its lifetime plus the clock tolerance', async () => {
    const { session, wait, me } = await appWithClock()
    wait(902)
    expect((await me(session.access_token)).status).toBe(200)
    wait(2)
    expect((await me(session.access_token)).code).toBe('auth.token_expired')
  })

  test('An access token of one second is valid hardly longer', async () => {
    const { session, wait, me } = await appWithClock({ ACCESS_TOKEN_TTL: '1' })
    expect(session.expires_in).toBe(1)
    wait(2.2)
    expect((await me(session.access_token)).code).toBe('auth.token_expired')
  })

  test('A token from a server whose clock is slightly ahead is valid, far ahead it is not', async () => {
    const { session, me, now } = await appWithClock()
    const iat = now()
    const ahead = (seconds: number) =>
      forge({ from: session.access_token, payload: { iat: iat + seconds, exp: iat + seconds + 900 } })
    expect((await me(ahead(2))).status).toBe(200)
    expect((await me(ahead(60))).code).toBe('auth.token_invalid')
  })

  test.each([
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: '9999999999' }],
    ['exp as a fraction', { exp: 9999999999.5 }],
    ['no iat', { iat: undefined }],
    ['another iss', { iss: 'elsewhere' }],
    ['another aud', { aud: 'elsewhere' }],
    ['aud as a list', { aud: ['gatepost'] }],
    ['no sub', { sub: undefined }],
    ['sub that is no id', { sub: 'admin' }],
    ['sid that is no id', { sid: 5 }],
    ['a role that is none', { role: 'root' }],
    ['nbf in the future', { nbf: 9999999999 }],
    ['no jti', { jti: undefined }],
  ])('A token with a valid signature but %s is invalid', async (_what, payload) => {
    const { session, me } = await appWithClock()
    expect((await me(forge({ from: session.access_token, payload }))).code).toBe('auth.token_invalid')
  })

  test.each([
    ['null for claims', { payload: null }],
    ['text for claims', { payload: '"admin"' }],
    ['a list for claims', { payload: '[]' }],
    ['another algorithm', { header: { alg: 'HS384' } }],
    ['no algorithm', { header: { alg: 'none' } }],
    ['an unknown kid', { header: { kid: 'other' } }],
    ['a kid that is no text', { header: { kid: { $ne: 1 } } }],
    ['a key of its own', { header: { jwk: { kty: 'oct', k: 'AAAA' } }, secret: 'x'.repeat(40) }],
    ['critical extensions', { header: { crit: ['exp'] } }],
    ['another typ', { header: { typ: 'at+jwt' } }],
    ['null for a header', { header: null }],
  ])('A token with %s is invalid', async (_what, forgery) => {
    const { session, me } = await appWithClock()
    expect((await me(forge({ from: session.access_token, ...forgery }))).code).toBe('auth.token_invalid')
  })

  test('A token whose last character was changed is invalid, even in its unused bits', async () => {
    const { session, me } = await appWithClock()
    const token: string = session.access_token
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const last = alphabet.indexOf(token.at(-1) ?? '')
    for (const other of [last ^ 1, last ^ 2, last ^ 3, last ^ 32]) {
      expect((await me(token.slice(0, -1) + alphabet[other])).code).toBe('auth.token_invalid')
    }
    for (const odd of [`${token}=`, `${token}.`, `${token}.x`, ` ${token}x`, `${token.toUpperCase()}`]) {
      expect((await me(odd)).code).toBe('auth.token_invalid')
    }
  })
})

describe('refresh tokens', () => {
  test('A refresh token that is used again after the grace period counts as theft', async () => {
    const { session, wait, refresh, me } = await appWithClock()
    const next = (await refresh(session.refresh_token)).body
    wait(9)
    expect((await refresh(session.refresh_token)).body.refresh_token).toBe(next.refresh_token)
    wait(2)
    expect((await refresh(session.refresh_token)).code).toBe('auth.refresh_reused')
    expect((await refresh(next.refresh_token)).code).toBe('auth.session_revoked')
    expect((await me(next.access_token)).code).toBe('auth.session_revoked')
  })

  test('A token that was replaced several times is accepted during the grace period after its own first use', async () => {
    const { session, wait, refresh } = await appWithClock()
    const second = (await refresh(session.refresh_token)).body
    wait(6)
    const third = (await refresh(second.refresh_token)).body
    expect((await refresh(session.refresh_token)).body.refresh_token).toBe(third.refresh_token)
    wait(6)
    expect((await refresh(second.refresh_token)).body.refresh_token).toBe(third.refresh_token)
    expect((await refresh(session.refresh_token)).code).toBe('auth.refresh_reused')
    expect((await refresh(third.refresh_token)).code).toBe('auth.session_revoked')
  })

  test('A token that was used again is reported to admins', async () => {
    const { session, wait, refresh, get, admin } = await appWithClock()
    await refresh(session.refresh_token)
    wait(11)
    await refresh(session.refresh_token)
    const path = `/audit-events?user=${session.user.id}&action=session.reuse_detected`
    const { body } = await get(path, await admin())
    expect(body.items.map((event: any) => event.session_id)).toEqual([
      decodeToken(session.access_token).payload.sid,
    ])
  })

  test('A refresh token expires if it is not used', async () => {
    const { session, wait, refresh } = await appWithClock({ REFRESH_TOKEN_TTL: '1h' })
    expect(session.refresh_expires_in).toBe(3600)
    wait(3601)
    expect((await refresh(session.refresh_token)).code).toBe('auth.refresh_expired')
  })

  test('A refresh token stays valid while it is used, but not beyond the maximum age of its session', async () => {
    const { session, wait, refresh } = await appWithClock({
      REFRESH_TOKEN_TTL: '1h',
      SESSION_MAX_AGE: '150m',
    })
    let token = session.refresh_token
    for (const expected of [3600, 3600, 1800]) {
      wait(2400)
      const { body } = await refresh(token)
      expect(body.refresh_expires_in).toBe(expected)
      token = body.refresh_token
    }
    wait(1801)
    expect((await refresh(token)).code).toBe('auth.refresh_expired')
  })

  test('A refresh returns an access token with the current role and name', async () => {
    const { session, refresh } = await appWithClock()
    const { body } = await refresh(session.refresh_token)
    expect(decodeToken(body.access_token).payload).toMatchObject({ role: 'user', sub: session.user.id })
    expect(body.user).toEqual(session.user)
  })
})
