import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PasswordHasher } from '../../src/api/ports.ts'
import { inlineHasher } from '../../src/auth/passwords/passwords.ts'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { sweepLimits } from '../../src/limits/limits.cleanup.ts'
import { limits } from '../../src/limits/limits.table.ts'
import { createContract } from '../support/contract.ts'
import { createTestApp, openTestDatabase } from '../support/in-process.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'

// The clock is under the control of the test, so no test waits. Each test has its own addresses and users, so all
// share one database. A test sets a limit if the default would disturb it.

const password = 'correct horse battery'
const wrong = 'wrong horse battery'

let server: TestPostgres

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

describe.each(['the embedded database', 'PostgreSQL'])('on %s', (kind) => {
  let url: string | undefined
  let database: DatabaseHandle
  const opened: (() => Promise<void>)[] = []

  beforeAll(async () => {
    url = kind === 'PostgreSQL' ? await server.createDatabase() : undefined
    database = await openTestDatabase(url)
  })
  afterAll(async () => {
    for (const close of opened) await close()
    await database?.close()
  })

  let lastAddress = 0
  /** An address that no other test has, from 198.18.0.0/15, which is reserved for tests (RFC 2544). */
  const newAddress = () => `198.18.${Math.floor(++lastAddress / 250)}.${lastAddress % 250}`

  interface LimitedResponse {
    status: number
    code: string | undefined
    headers: Headers
    json: any
    /** The members of `RateLimit`, by policy. */
    left: Record<string, { r: number; t: number }>
    retryAfter: number | undefined
  }

  interface Call {
    json?: unknown
    from?: string
    headers?: Record<string, string>
    method?: string
  }

  async function openApp(env: Record<string, string> = {}, overrides: { passwords?: PasswordHasher } = {}) {
    const clock = { now: Date.now() }
    const checked: string[] = []
    const hasher = overrides.passwords ?? inlineHasher(4)
    const passwords: PasswordHasher = {
      hash: hasher.hash,
      verify: (text, hash) => {
        checked.push(text)
        return hasher.verify(text, hash)
      },
    }
    const app = await createTestApp(
      { RATE_LIMIT: 'on', REGISTER_LIMIT: '100000', ...env },
      { now: () => clock.now, passwords, peerAddress: (c) => c.req.header('x-peer') },
      database,
    )
    opened.push(app.close)
    const document = await app.fetch(new Request('http://localhost/openapi.json'))
    const contract = createContract((await document.json()) as object)

    const call = async (
      path: string,
      { json, from, headers, method = 'POST' }: Call = {},
    ): Promise<LimitedResponse> => {
      const requestHeaders = new Headers({ ...(from && { 'x-peer': from }), ...headers })
      if (json !== undefined) requestHeaders.set('content-type', 'application/json')
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const response = await app.fetch(
        new Request(`http://localhost${path}`, { method, headers: requestHeaders, ...body }),
      )
      const text = await response.text()
      contract.check({ method, path, status: response.status, headers: response.headers, body: text })
      const content = text === '' ? undefined : JSON.parse(text)
      const retryAfter = response.headers.get('retry-after')
      return {
        status: response.status,
        code: content?.code,
        headers: response.headers,
        json: content,
        left: itemsOf(response.headers.get('ratelimit')),
        retryAfter: retryAfter === null ? undefined : Number(retryAfter),
      }
    }
    const logIn = (username: string, secret: string, from = '') =>
      call('/auth/token', { json: { username, password: secret }, from })
    const register = async (from = newAddress()) => {
      const username = `u-${crypto.randomUUID().slice(0, 12)}`
      const account = { username, email: `${username}@example.com`, password }
      const response = await call('/users', { json: account, from })
      expect(response.status).toBe(201)
      return { ...account, address: from, session: response.json }
    }
    /** Sends wrong log-ins one after another, and returns their statuses. */
    const fail = async (username: string, from: string, times: number) => {
      const statuses: number[] = []
      for (let n = 0; n < times; n++) statuses.push((await logIn(username, wrong, from)).status)
      return statuses
    }
    return { call, logIn, register, fail, checked, clock, contract, fetch: app.fetch }
  }

  const rows = async () => database.connect('write').$count(limits)

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
    const story = async (name: string) => {
      const [here, there, third] = [newAddress(), newAddress(), newAddress()]
      const responses = []
      for (const from of [here, here, here, here, here, there, there, there, third]) {
        const { status, code, headers, json } = await logIn(name, wrong, from)
        const names = ['ratelimit', 'ratelimit-policy', 'retry-after']
        responses.push([status, code, json.detail, ...names.map((header) => headers.get(header))])
      }
      return responses
    }
    const known = await story(username)
    expect(known.map(([status]) => status)).toEqual([401, 401, 401, 401, 429, 401, 401, 429, 429])
    expect(await story(`nobody-${crypto.randomUUID()}`)).toEqual(known)
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

  describe('guesses from many addresses', () => {
    const env = { LOGIN_ACCOUNT_LIMIT: '5', LOGIN_ACCOUNT_WAIT: '10s' }

    test('Guesses from many addresses wait longer each time, all together, up to the longest wait', async () => {
      const { logIn, register, clock, checked } = await openApp(env)
      const { username } = await register()
      for (let n = 0; n < 5; n++) expect((await logIn(username, wrong, newAddress())).status).toBe(401)
      const waits: (number | undefined)[] = []
      for (let n = 0; n < 7; n++) {
        const refused = await logIn(username, wrong, newAddress())
        expect([refused.status, Object.keys(refused.left)]).toEqual([429, ['login-account']])
        waits.push(refused.retryAfter)
        clock.now += (refused.retryAfter ?? 0) * 1000
        expect((await logIn(username, wrong, newAddress())).status).toBe(401)
      }
      expect(waits).toEqual([1, 2, 4, 8, 10, 10, 10])
      expect(checked).toHaveLength(12)
    })

    test('Such guesses do not delay the owner at an address that has logged in before', async () => {
      const { logIn, register, fail, checked } = await openApp(env)
      const { username, address } = await register()
      const office = newAddress()
      await logIn(username, password, office)
      for (let n = 0; n < 20; n++) await logIn(username, wrong, newAddress())
      expect((await logIn(username, password, newAddress())).status).toBe(429)
      expect((await logIn(username, password, office)).status).toBe(200)
      expect((await logIn(username, password, address)).status).toBe(200) // the address of the registration
      expect(checked).toHaveLength(8)
      expect(await fail(username, office, 11)).toEqual([...Array(10).fill(401), 429])
    })

    test('Such guesses delay the owner at a new address no longer than the wait', async () => {
      const { logIn, register, clock } = await openApp(env)
      const { username } = await register()
      for (let n = 0; n < 20; n++) await logIn(username, wrong, newAddress())
      const home = newAddress()
      const refused = await logIn(username, password, home)
      expect(refused.status).toBe(429)
      clock.now += (refused.retryAfter ?? 0) * 1000
      expect((await logIn(username, password, home)).status).toBe(200)
      await logIn(username, wrong, newAddress())
      expect((await logIn(username, password, home)).status).toBe(200)
    })

    test('Such guesses are remembered over a pause, until the window ends', async () => {
      const { logIn, register, clock } = await openApp({ ...env, LOGIN_ACCOUNT_WINDOW: '1h' })
      const { username } = await register()
      const guess = () => logIn(username, wrong, newAddress())
      for (let n = 0; n < 6; n++) await guess()
      for (const wait of [2, 4]) {
        clock.now += 3_500_000
        expect((await guess()).status).toBe(401)
        expect((await guess()).retryAfter).toBe(wait)
      }
      clock.now += 3_600_000
      for (let n = 0; n < 5; n++) expect((await guess()).status).toBe(401)
      expect((await guess()).status).toBe(429)
    })

    test('Such guesses delay the owner at an address whose last log-in was too long ago', async () => {
      const { logIn, register, clock } = await openApp({ ...env, KNOWN_ADDRESS_TTL: '30d' })
      const { username, address } = await register()
      for (let n = 0; n < 6; n++) await logIn(username, wrong, newAddress())
      expect((await logIn(username, password, address)).status).toBe(200)
      clock.now += 30 * 86_400_000
      for (let n = 0; n < 6; n++) await logIn(username, wrong, newAddress())
      expect((await logIn(username, password, address)).status).toBe(429)
    })
  })

  describe('concurrent log-ins', () => {
    /** Checks no password until the test releases it. */
    function slowHasher() {
      const gate = Promise.withResolvers<void>()
      const hasher = inlineHasher(4)
      return {
        release: gate.resolve,
        passwords: {
          hash: hasher.hash,
          verify: async (text: string, hash: string) => {
            await gate.promise
            return hasher.verify(text, hash)
          },
        },
      }
    }

    test('Of fifty concurrent guesses ten are checked, and the others use up no other counter', async () => {
      const { passwords, release } = slowHasher()
      const { logIn, register, checked } = await openApp({ LOGIN_ADDRESS_LIMIT: '50' }, { passwords })
      const { username } = await register()
      const from = newAddress()
      const guesses = Array.from({ length: 50 }, async (_, n) => {
        const response = await logIn(username, `${wrong} ${n}`, from)
        if (response.status === 429) expect(response.retryAfter).toBe(1) // the running attempts may succeed
        return response.status
      })
      await expect.poll(() => checked.length, { timeout: 15_000 }).toBe(10)
      const late = await logIn(username, password, from)
      expect([late.status, late.retryAfter]).toEqual([429, 1])
      release()
      const statuses = await Promise.all(guesses)
      expect(statuses.filter((status) => status === 401)).toHaveLength(10)
      expect(statuses.filter((status) => status === 429)).toHaveLength(40)
      expect(checked).toHaveLength(10)
      expect((await logIn(username, password, from)).retryAfter).toBeGreaterThan(800)
      expect((await logIn(`other-${from}`, wrong, from)).left['login-address']?.r).toBe(39)
    })

    test.skipIf(kind !== 'PostgreSQL')(
      'If six requests compete for the last attempt, one gets it',
      async () => {
        const { logIn, register, fail, checked } = await openApp()
        const { username } = await register()
        const from = newAddress()
        await fail(username, from, 9)
        // Another transaction holds the rows: the six requests each see one attempt left, wait, and then continue
        // together.
        const other = postgres(url ?? '', { max: 2 })
        const waiting = async () => {
          const [row] =
            await other`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`
          return row?.n
        }
        const guesses: Promise<LimitedResponse>[] = []
        await other.begin(async (holder) => {
          await holder`select from limits for update`
          for (let n = 0; n < 6; n++) guesses.push(logIn(username, wrong, from))
          await expect.poll(waiting).toBe(6)
        })
        await other.end()
        const statuses = (await Promise.all(guesses)).map(({ status }) => status)
        expect(statuses.sort()).toEqual([401, 429, 429, 429, 429, 429])
        expect(checked).toHaveLength(10)
        expect((await logIn(`other-${from}`, wrong, from)).left['login-address']?.r).toBe(89) // the five refused ones returned their attempts
      },
    )

    test('Right passwords beyond the limit must wait a second, and then succeed', async () => {
      const { passwords, release } = slowHasher()
      const { logIn, register, checked } = await openApp({ LOGIN_LIMIT: '3' }, { passwords })
      const { username } = await register()
      const from = newAddress()
      const responses = Promise.all(Array.from({ length: 8 }, () => logIn(username, password, from)))
      await expect.poll(() => checked.length).toBe(3)
      expect((await logIn(username, password, from)).retryAfter).toBe(1)
      release()
      const statuses = (await responses).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(3)
      expect(await Promise.all([1, 2, 3].map(() => logIn(username, password, from)))).toMatchObject(
        Array(3).fill({ status: 200, left: { 'login-address': { r: expect.any(Number) } } }),
      )
      expect((await logIn(username, wrong, from)).left).toMatchObject({
        login: { r: 2 },
        'login-address': { r: 99 },
      })
    })

    test('Hundreds of guesses at overlapping accounts and addresses all get a response, without a deadlock', async () => {
      const { logIn, register, checked } = await openApp({ LOGIN_ACCOUNT_LIMIT: '10' })
      const names = await Promise.all(Array.from({ length: 5 }, async () => (await register()).username))
      const addresses = Array.from({ length: 4 }, newAddress)
      const guesses = Array.from({ length: 120 }, (_, n) =>
        logIn(names[n % 5] ?? '', n % 7 === 0 ? password : wrong, addresses[n % 4]),
      )
      const statuses = (await Promise.all(guesses)).map(({ status }) => status)
      expect(statuses.filter((status) => ![200, 401, 429].includes(status))).toEqual([])
      expect(checked).toHaveLength(statuses.filter((status) => status !== 429).length)
    })
  })

  test('An attempt whose password could not be checked is returned and leaves no rows', async () => {
    let isBusy = true
    const hasher = inlineHasher(4)
    const verify = async (text: string, hash: string) => {
      if (isBusy) throw new ApiError('service.overloaded')
      return hasher.verify(text, hash)
    }
    const { logIn, register } = await openApp({}, { passwords: { hash: hasher.hash, verify } })
    const { username } = await register()
    const from = newAddress()
    const before = await rows()
    for (let n = 0; n < 30; n++) expect((await logIn(username, wrong, from)).status).toBe(503)
    for (let n = 0; n < 30; n++) await logIn(`made-up-${n}-${from}`, wrong, from)
    expect((await rows()) - before).toBeLessThan(10)
    isBusy = false
    expect((await logIn(username, wrong, from)).left).toMatchObject({
      login: { r: 9 },
      'login-address': { r: 99 },
    })
  })

  test('Two servers on one database count together, even if their clocks differ', async () => {
    const [one, other] = [await openApp(), await openApp()]
    other.clock.now -= 3000
    const { username } = await one.register()
    const from = newAddress()
    for (let n = 0; n < 5; n++) {
      expect(await one.fail(username, from, 1)).toEqual([401])
      expect(await other.fail(username, from, 1)).toEqual([401])
    }
    expect((await one.logIn(username, password, from)).status).toBe(429)
    expect((await other.logIn(username, password, from)).status).toBe(429)
    expect(one.checked.length + other.checked.length).toBe(10)
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

  describe('the table of counters', () => {
    const count = async (text: string) => {
      const [row] = await database
        .connect('write')
        .select({ n: sql`count(*)`.mapWith(Number) })
        .from(limits)
        .where(sql.raw(text))
      return row?.n ?? 0
    }

    test('Keys have the same length for every name', async () => {
      const { logIn } = await openApp()
      await logIn('x'.repeat(254), wrong, newAddress())
      // One row is not an attempt: it records that the first admin exists.
      expect(await count("length(key) <> 43 and key <> 'first admin'")).toBe(0)
    })

    test('Refused attempts add no rows', async () => {
      const { logIn, fail } = await openApp({ LOGIN_ADDRESS_LIMIT: '2' })
      const from = newAddress()
      await fail('nobody', from, 2)
      const before = await rows()
      for (let n = 0; n < 20; n++) expect((await logIn(`nobody-${n}`, wrong, from)).status).toBe(429)
      expect(await rows()).toBe(before)
    })

    test('New attempts delete more expired rows than they add', async () => {
      const { logIn, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
      for (let n = 0; n < 15; n++) await logIn(`gone-${n}`, wrong, newAddress())
      clock.now += 200 * 86_400_000 // all rows of all tests have expired
      const before = await rows()
      for (let n = 0; n < 10; n++) await logIn(`new-${n}`, wrong, newAddress())
      expect(await rows()).toBeLessThanOrEqual(before - 10 * (8 - 4))
    })

    test('The cleanup deletes expired rows and keeps the others', async () => {
      const { fail, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
      clock.now = Date.now() + 400 * 86_400_000
      await sweepLimits(database.connect('write'), { now: clock.now - 1 })
      await fail(`early-${kind}`, newAddress(), 1)
      clock.now += 600_000
      await fail(`late-${kind}`, newAddress(), 1)
      const before = await rows()
      const db = database.connect('write')
      expect(await sweepLimits(db, { now: clock.now })).toBe(0)
      expect(await sweepLimits(db, { now: clock.now + 300_000 })).toBe(4)
      expect(await rows()).toBe(before - 4)
      expect(await sweepLimits(db, { now: clock.now + 900_000 })).toBe(4)
    })

    test('The table never exceeds its maximum: the rows that expire first are deleted', async () => {
      const { register, logIn, fail, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
      const { username, address } = await register()
      for (let n = 0; n < 10; n++) await fail(`many-${n}`, newAddress(), 1)
      const now = clock.now
      await sweepLimits(database.connect('write'), { now, most: 12 })
      expect(await rows()).toBe(12)
      await sweepLimits(database.connect('write'), { now, most: 1 })
      const kept = await database.connect('write').select({ at: limits.expiresAt }).from(limits)
      expect(kept).toEqual([{ at: new Date(now + 90 * 86_400_000) }]) // the known address, kept for 90 days
      expect((await logIn(username, password, address)).status).toBe(200)
    })
  })

  test('The document declares the limit on log-ins', async () => {
    const { fetch } = await openApp()
    const response = await fetch(new Request('http://localhost/openapi.json'))
    const document: any = await response.json()
    const operations = Object.values<any>(document.paths).flatMap((item) => Object.values<any>(item))
    const limited = operations.filter(({ responses }) => responses['429'].$ref.includes('TooManyAttempts'))
    expect(limited.map((operation) => operation.operationId).sort()).toEqual(
      ['changePassword', 'createToken', 'deleteMe', 'updateMe'].sort(),
    )
    expect(document.components.headers.RateLimit.required ?? false).toBe(false)
  })
})

/** The members of a RateLimit field, parsed as strictly as a structured field (RFC 9651). */
function itemsOf(field: string | null): Record<string, { r: number; t: number }> {
  if (field === null) return {}
  return Object.fromEntries(
    field.split(', ').map((member) => {
      const [, name, r, t] = /^"([a-z-]+)";r=(\d{1,15});t=(\d{1,15})$/.exec(member) ?? []
      if (!name) throw new Error(`Not a member of RateLimit: ${member}`)
      return [name, { r: Number(r), t: Number(t) }]
    }),
  )
}
