import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checksumOf, newApiToken } from '../../src/auth/api-tokens/token-format.ts'
import { cleanUp } from '../../src/cleanup/cleanup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { type CreatedToken, newToken } from '../support/api-tokens.ts'
import { openClockedApi } from '../support/clocked-api.ts'
import { openTestDatabase } from '../support/in-process.ts'
import { newAdmin, newUser, password } from '../support/people.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { refusedWithinASecond } from '../support/revoked.ts'
import { testSettings } from '../support/settings.ts'

// The tests move the clock, so they need not wait for expiry or the end of a window.

const limits = { RATE_LIMIT: 'on' }
let server: TestPostgres
beforeAll(async () => {
  server = await sharePostgres()
})
afterAll(() => server?.stop())

describe.each(['the embedded database', 'PostgreSQL'])('on %s', (kind) => {
  let url: string | undefined
  let database: DatabaseHandle
  const opened: (() => Promise<void>)[] = []
  /** The client address of the next request. */
  let from = '198.18.0.1'

  beforeAll(async () => {
    url = kind === 'PostgreSQL' ? await server.createDatabase() : undefined
    if (url) await migrate({ url })
    database = await openTestDatabase(url)
  })
  afterAll(async () => {
    for (const close of opened) await close()
    await database?.close()
  })

  async function open(env: Record<string, string> = {}, on = database) {
    const world = await openClockedApi(env, { database: on, peerAddress: () => from })
    opened.push(world.close)
    return world
  }

  /** The stored use of a token. It is written in the background, so tests may have to wait for it. */
  async function stored(id: string) {
    const query = sql`select last_used_at, last_used_address, networks from api_tokens where id = ${id}`
    const result = (await database.connect('write').execute(query)) as any
    return (result.rows ?? result)[0] as {
      last_used_at: unknown
      last_used_address: string
      networks: string[]
    }
  }

  const use = (api: Awaited<ReturnType<typeof open>>['api'], { token }: CreatedToken) =>
    api.get('/users/me', { token })

  test('A token expires on time, and only valid tokens get the response auth.token_expired', async () => {
    const { api, wait } = await open()
    const created = await newToken(api, await newUser(api), { scopes: ['account:read'], expires_in: 60 })
    wait(59.9)
    expect((await use(api, created)).status).toBe(200)
    wait(0.1)
    const { status, json, headers } = await use(api, created)
    expect([status, json.code]).toEqual([401, 'auth.token_expired'])
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
    const flipped = created.token.slice(0, -1) + (created.token.endsWith('A') ? 'B' : 'A')
    expect((await use(api, { ...created, token: flipped })).json.code).toBe('auth.token_invalid')
  })

  test('API_TOKEN_MAX_AGE limits the lifetime of new and of existing tokens', async () => {
    const [{ api }, strict] = [await open(), await open({ API_TOKEN_MAX_AGE: '1h' })]
    const user = await newUser(api)
    const old = await newToken(api, user, { scopes: ['account:read'] })
    const [listed] = (await strict.api.get('/users/me/tokens', { token: user.token })).json.items
    expect(Date.parse(listed.expires_at) - Date.parse(listed.created_at)).toBe(3_600_000)
    const usual = await newToken(strict.api, user, { scopes: ['account:read'] })
    expect(Date.parse(String(usual.expires_at)) - Date.parse(String(usual.created_at))).toBe(3_600_000)
    const longer = { name: 'x', scopes: ['account:read'], expires_in: 3601 }
    const { status, json } = await strict.api.post('/users/me/tokens', { token: user.token, json: longer })
    expect([status, json.errors[0]]).toEqual([
      422,
      { location: 'body', pointer: '/expires_in', code: 'too_large', message: 'Must be at most 3600.' },
    ])
    strict.wait(3601)
    expect((await use(strict.api, old)).json.code).toBe('auth.token_expired')
    expect((await use(api, old)).status).toBe(200)
  })

  test('Expired tokens do not count against the maximum', async () => {
    const { api, wait } = await open({ FRESH_LOGIN: '1h' })
    const user = await newUser(api)
    const create = () => newToken(api, user, { scopes: ['posts:read'], expires_in: 60 })
    for (let at = 0; at < 10; at++) await Promise.all(Array.from({ length: 10 }, create))
    await expect(create()).rejects.toThrow('api_tokens.too_many')
    wait(61)
    await create()
  })

  test('After FRESH_LOGIN a new token needs the password', async () => {
    const { api, wait } = await open({ FRESH_LOGIN: '60s' })
    const user = await newUser(api)
    const create = (more: object) =>
      api.post('/users/me/tokens', {
        token: user.token,
        json: { name: 'x', scopes: ['posts:read'], ...more },
      })
    wait(59)
    expect((await create({})).status).toBe(201)
    wait(2)
    expect((await create({})).json.code).toBe('auth.fresh_login_needed')
    expect((await create({ current_password: 'wrong horse battery' })).json.code).toBe('auth.wrong_password')
    expect((await create({ current_password: password })).status).toBe(201)
  })

  test('Time and address of a use are stored once a minute', async () => {
    const { api, wait } = await open()
    const user = await newUser(api)
    const created = await newToken(api, user, { scopes: ['account:read'] })
    const shown = async () => (await api.get('/users/me/tokens', { token: user.token })).json.items[0]
    expect((await shown()).last_used_at).toBeNull()
    await use(api, created)
    await vi.waitFor(async () => expect((await shown()).last_used_at).not.toBeNull())
    const { last_used_at: first, last_used_address: address } = await shown()
    expect(address).toBe(from)
    for (const seconds of [20, 20, 19]) {
      wait(seconds)
      await use(api, created)
    }
    await use(api, created)
    expect((await shown()).last_used_at).toBe(first)
    wait(2)
    await use(api, created)
    await vi.waitFor(async () =>
      expect(Date.parse((await shown()).last_used_at) - Date.parse(first)).toBe(61_000),
    )
  })

  test('The first use from another network is recorded at once as one audit event', async () => {
    const { api } = await open()
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    const created = await newToken(api, user, { scopes: ['account:read'] })
    const events = async () =>
      (await api.get(`/audit-events?user=${user.id}&action=api_token.new_network`, { token: admin.token }))
        .json.items
    await use(api, created)
    await vi.waitFor(async () => expect((await stored(created.id)).last_used_at).not.toBeNull())
    expect(await events()).toEqual([])
    from = '2001:db8:0:1::7'
    await use(api, created)
    await vi.waitFor(async () => expect(await events()).toHaveLength(1))
    from = '2001:db8:0:1::8' // the same network
    await use(api, created)
    from = '198.18.0.1'
    await use(api, created)
    expect(await events()).toMatchObject([
      { actor_id: user.id, address: '2001:db8:0:1::7', session_id: null, detail: { token: created.id } },
    ])
    const { networks, last_used_address } = await stored(created.id)
    expect([networks, last_used_address]).toEqual([['198.18.0.1', '2001:db8:0:1::/64'], '198.18.0.1'])
  })

  test('The number of stored networks is limited', async () => {
    const { api } = await open()
    const created = await newToken(api, await newUser(api), { scopes: ['account:read'] })
    for (let at = 1; at <= 60; at++) {
      from = `198.19.0.${at}`
      await use(api, created)
      await vi.waitFor(async () => expect((await stored(created.id)).networks.at(-1)).toBe(from))
    }
    from = '198.18.0.1'
    expect((await stored(created.id)).networks).toHaveLength(50)
  })

  test('Each token has its own limit, for all operations: 429 with RateLimit and Retry-After', async () => {
    const { api, wait } = await open({ ...limits, API_TOKEN_LIMIT: '3', API_TOKEN_WINDOW: '60s' })
    const user = await newUser(api)
    const [one, other] = [
      await newToken(api, user, { scopes: ['account:read'] }),
      await newToken(api, user, { scopes: ['account:read'] }),
    ]
    const left = []
    for (let at = 0; at < 4; at++) {
      const { status, headers } = await use(api, one)
      expect(headers.get('ratelimit-policy')).toBe('"api-token";q=3;w=60')
      left.push([status, headers.get('ratelimit'), headers.get('retry-after')])
    }
    expect(left).toEqual([
      [200, '"api-token";r=2;t=60', null],
      [200, '"api-token";r=1;t=60', null],
      [200, '"api-token";r=0;t=60', null],
      [429, '"api-token";r=0;t=60', '60'],
    ])
    const refused = await api.get('/posts/1', { token: one.token })
    expect([refused.status, refused.json.code]).toEqual([429, 'request.too_many'])
    expect((await use(api, other)).status).toBe(200)
    expect((await api.get('/users/me', { token: user.token })).headers.get('ratelimit')).toBeNull()
    wait(60)
    expect((await use(api, one)).status).toBe(200)
  })

  test('Requests without the scope count, too, and the headers keep the limit on requests', async () => {
    const { api } = await open({ ...limits, REQUEST_LIMIT: '1000', API_TOKEN_LIMIT: '5' })
    const created = await newToken(api, await newUser(api), { scopes: ['account:read'] })
    const { status, headers } = await api.get('/posts/1', { token: created.token })
    expect(status).toBe(403)
    expect(headers.get('ratelimit-policy')).toBe('"requests";q=1000;w=60, "api-token";q=5;w=60')
    expect(headers.get('ratelimit')).toMatch(/^"requests";r=\d+;t=\d+, "api-token";r=4;t=60$/)
  })

  test('Unknown tokens are limited by address, while tokens that the server has found stay valid', async () => {
    const { api, wait } = await open({ ...limits, LOGIN_ADDRESS_LIMIT: '3' })
    const elsewhere = await open({ ...limits, LOGIN_ADDRESS_LIMIT: '3' })
    from = '198.18.7.1'
    const user = await newUser(api)
    const [used, fresh] = [
      await newToken(api, user, { scopes: ['account:read'] }),
      await newToken(api, user, { scopes: ['account:read'] }),
    ]
    await use(api, used)
    const guess = (at = api) => at.get('/users/me', { token: newApiToken() })
    for (let at = 0; at < 3; at++) expect((await guess()).status).toBe(401)
    const refused = await guess()
    expect([refused.status, refused.json.code]).toEqual([429, 'request.too_many'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await guess(elsewhere.api)).status).toBe(429)
    expect((await use(api, fresh)).status).toBe(429)
    expect((await use(api, used)).status).toBe(200)
    expect((await api.get('/users/me', { token: user.token })).status).toBe(200)
    from = '198.18.7.2'
    expect((await use(api, fresh)).status).toBe(200)
    from = '198.18.7.1'
    wait(900)
    expect((await guess()).status).toBe(401)
    from = '198.18.0.1'
  })

  test('Typing errors, revoked tokens and expired tokens do not count as unknown tokens', async () => {
    const { api, wait } = await open({ ...limits, LOGIN_ADDRESS_LIMIT: '3' })
    from = '198.18.8.1'
    const user = await newUser(api)
    const [ended, old] = [
      await newToken(api, user, { scopes: ['account:read'] }),
      await newToken(api, user, { scopes: ['account:read'], expires_in: 1 }),
    ]
    await api.delete(`/users/me/tokens/${ended.id}`, { token: user.token })
    wait(1)
    for (let at = 0; at < 5; at++) {
      expect((await use(api, ended)).json.code).toBe('auth.token_revoked')
      expect((await use(api, old)).json.code).toBe('auth.token_expired')
      expect((await use(api, { ...old, token: `gp_${'0'.repeat(36)}` })).json.code).toBe('auth.token_invalid')
    }
    from = '198.18.0.1'
  })

  test('A newer token generation of the account revokes all its tokens, also those created by an older session', async () => {
    const { api } = await open()
    const user = await newUser(api)
    const created = await newToken(api, user, { scopes: ['account:read'] })
    await database
      .connect('write')
      .execute(sql`update users set token_generation = generation + 1 where id = ${user.id}`)
    const late = await newToken(api, user, { scopes: ['account:read'] }) // its session is of the older generation
    for (const { token } of [created, late])
      await vi.waitFor(async () =>
        expect((await api.get('/users/me', { token })).json.code).toBe('auth.token_revoked'),
      )
    expect((await api.get('/users/me/tokens', { token: user.token })).json.items).toEqual([])
    const renamed = await api.patch(`/users/me/tokens/${created.id}`, {
      token: user.token,
      json: { name: 'x' },
    })
    expect(renamed.json.code).toBe('api_tokens.not_found')
  })

  test('The cleanup deletes only tokens that were revoked or have expired a month ago', async () => {
    const { api } = await open()
    const user = await newUser(api)
    const create = () => newToken(api, user, { scopes: ['account:read'] })
    const [live, revoked, expired, recent] = [await create(), await create(), await create(), await create()]
    const age = async (id: string, column: string, days: number) =>
      database
        .connect('write')
        .execute(
          sql`update api_tokens set ${sql.raw(column)} = now() - make_interval(days => ${days}) where id = ${id}`,
        )
    await age(revoked.id, 'revoked_at', 31)
    await age(expired.id, 'expires_at', 31)
    await age(recent.id, 'expires_at', 29)
    await cleanUp(database.connect('write'), parseConfig(testSettings))
    const result = (await database
      .connect('write')
      .execute(sql`select id from api_tokens where user_id = ${user.id} order by id`)) as any
    expect((result.rows ?? result).map(({ id }: { id: string }) => id)).toEqual([live.id, recent.id])
  })
})

describe('on two servers with one PostgreSQL', () => {
  let url: string
  let databases: DatabaseHandle[] = []
  let here: Awaited<ReturnType<typeof openClockedApi>>
  let there: Awaited<ReturnType<typeof openClockedApi>>

  beforeAll(async () => {
    url = await server.createDatabase()
    await migrate({ url })
    const observe = (text: string) => {
      statements.push(text)
      return () => {}
    }
    databases = [openPostgres({ url, connections: 14, timeout: 5000, observe }), await openTestDatabase(url)]
    const [first, second] = databases as [DatabaseHandle, DatabaseHandle]
    here = await openClockedApi({}, { database: first })
    there = await openClockedApi({}, { database: second })
  })
  afterAll(async () => {
    for (const { close } of [here, there, ...databases]) await close()
  })

  /** A separate connection for the test. */
  function connection() {
    const sql = postgres(url, { max: 1, onnotice: () => {} })
    return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() })
  }

  /** The statements of the first server. */
  const statements: string[] = []
  const sent = (part: string) => statements.filter((text) => text.includes(part)).length

  test('A token in constant use costs at most two look-ups a second, and a typing error costs none', async () => {
    await using control = connection()
    const created = await newToken(here.api, await newUser(here.api), { scopes: ['posts:read'] })
    const missing = () => here.api.get('/posts/9007199254740991', { token: created.token })
    await missing()
    const used = async () => (await control`select last_used_at from api_tokens where id = ${created.id}`)[0]
    await vi.waitFor(async () => expect((await used())?.last_used_at).not.toBeNull())
    const lookUp = '"token_hash" = $1'
    const [before, startedAt] = [sent(lookUp), performance.now()]
    for (let at = 0; at < 50; at++) expect((await missing()).status).toBe(404)
    const lookUps = sent(lookUp) - before
    expect(lookUps).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 500)
    expect(before).toBeGreaterThan(0)
    for (const token of [`gp_${'a'.repeat(36)}`, `gp_${'a'.repeat(30)}${checksumOf('b'.repeat(30))}`, 'gp_'])
      expect((await here.api.get('/users/me', { token })).status).toBe(401)
    expect(sent(lookUp)).toBe(before + lookUps)
  })

  test.each<[string, string, (user: string, token: string, admin: string) => [string, string, object?]]>([
    ['revoked', 'auth.token_revoked', (_user, token) => ['DELETE', `/users/me/tokens/${token}`]],
    [
      'disabled with its account',
      'auth.token_revoked',
      (user) => ['PATCH', `/users/${user}`, { disabled: true }],
    ],
    ['deleted with its account', 'auth.token_invalid', () => ['DELETE', '/users/me', { password }]],
  ])(
    'A token that is %s on one server is refused by the other within a second',
    async (what, code, change) => {
      const [admin, user] = [await newAdmin(here.api), await newUser(here.api)]
      const created = await newToken(here.api, user, { scopes: ['posts:read'] })
      for (const { api } of [here, there])
        expect((await api.get('/posts/9007199254740991', { token: created.token })).status).toBe(404)
      const [method, path, json] = change(user.id, created.id, admin.id)
      const token = what.startsWith('disabled') ? admin.token : user.token
      const { status } = await here.api.request(path, { method, token, ...(json && { json }) })
      expect(status).toBeLessThan(300)
      expect((await here.api.get('/posts/9007199254740991', { token: created.token })).json.code).toBe(code)
      expect(await refusedWithinASecond(there.api, created.token)).toBe(code)
    },
  )

  test('The token of a demoted admin loses the rights of an admin on the other server within a second', async () => {
    const [root, person] = [await newAdmin(here.api), await newUser(here.api)]
    const promote = (role: string) =>
      here.api.patch(`/users/${person.id}`, { token: root.token, json: { role } })
    const created = await newToken(here.api, person, { scopes: ['audit:read'] })
    const code = async () =>
      (await there.api.get('/audit-events?limit=1', { token: created.token })).json.code
    expect(await code()).toBe('auth.forbidden')
    await promote('admin')
    await vi.waitFor(async () => expect(await code()).toBeUndefined(), { timeout: 1000 })
    await promote('user')
    await vi.waitFor(async () => expect(await code()).toBe('auth.forbidden'), { timeout: 1000 })
  })

  test('Concurrent uses on both servers are stored once', async () => {
    await using control = connection()
    const created = await newToken(here.api, await newUser(here.api), { scopes: ['posts:read'] })
    await control.unsafe(`
      create table if not exists written (id uuid);
      create or replace function note() returns trigger language plpgsql as $$
        begin insert into written values (new.id); return null; end $$;
      create or replace trigger note after update on api_tokens for each row execute function note()`)
    const read = ({ api }: typeof here) => api.get('/posts/9007199254740991', { token: created.token })
    await Promise.all(Array.from({ length: 20 }, (_, at) => read(at % 2 ? here : there)))
    const written = async () =>
      (await control`select count(*)::int from written where id = ${created.id}`)[0]?.count
    await vi.waitFor(async () => expect(await written()).toBe(1))
    here.wait(61)
    there.wait(61)
    await Promise.all(Array.from({ length: 20 }, (_, at) => read(at % 2 ? here : there)))
    await vi.waitFor(async () => expect(await written()).toBe(2))
  })

  test('A request does not wait for a lock on the row of its token', async () => {
    await using control = connection()
    const created = await newToken(here.api, await newUser(here.api), { scopes: ['posts:read'] })
    await control.begin(async (transaction) => {
      await transaction`select from api_tokens where id = ${created.id} for update`
      expect((await here.api.get('/posts/9007199254740991', { token: created.token })).status).toBe(404)
    })
  })

  test('Without the database the response to every token is 503, also to one that was valid a moment ago', async () => {
    const created = await newToken(here.api, await newUser(here.api), { scopes: ['posts:read'] })
    const gone = await openTestDatabase(url)
    const { api, close } = await openClockedApi({}, { database: gone })
    const read = () => api.get('/posts/9007199254740991', { token: created.token })
    expect((await read()).status).toBe(404)
    await gone.close()
    await vi.waitFor(async () => expect((await read()).status).toBe(503), { timeout: 1000 })
    expect((await api.get('/posts/1', { token: newApiToken() })).status).toBe(503)
    await close()
  })
})
