import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

// Two servers on one database: a session that ends on one must end on the other within a second.

let database: TestPostgres
let url: string
let here: TestServer
let there: TestServer

beforeAll(async () => {
  database = await startPostgres()
  url = await database.createDatabase()
  const env = { DATABASE_URL: url }
  ;[here, there] = await Promise.all([startServer(env), startServer(env)])
})

afterAll(async () => {
  await Promise.all([here?.stop(), there?.stop()])
  await database?.stop()
})

const call = async (
  server: TestServer,
  path: string,
  init: { method?: string; token?: string; json?: unknown } = {},
) => {
  const response = await fetch(server.url + path, {
    method: init.method ?? 'GET',
    headers: {
      ...(init.token && { authorization: init.token }),
      ...(init.json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(init.json !== undefined && { body: JSON.stringify(init.json) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

async function register() {
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  const json = { username, email: `${username}@example.com`, password: 'correct horse battery' }
  return (await call(here, '/users', { method: 'POST', json })).json
}

/** Milliseconds until this server refuses the token. */
async function refusedAfter(server: TestServer, token: string): Promise<number> {
  const startedAt = performance.now()
  while ((await call(server, '/users/me', { token })).status === 200) {
    if (performance.now() - startedAt > 5000)
      throw new Error('The token is still accepted after five seconds.')
  }
  return performance.now() - startedAt
}

describe('sessions that end on one server', () => {
  test('An ended session is refused there at once and on the other server within a second', async () => {
    const { access_token: token } = await register()
    expect((await call(there, '/users/me', { token })).status).toBe(200)
    expect((await call(here, '/auth/logout', { method: 'POST', token })).status).toBe(204)
    expect((await call(here, '/users/me', { token })).json.code).toBe('auth.session_revoked')
    expect(await refusedAfter(there, token)).toBeLessThan(1000)
  })

  test('A server refuses it after a pause, at its first request', async () => {
    await using rested = await startServer({ DATABASE_URL: url })
    const { access_token: token } = await register()
    await call(here, '/auth/logout', { method: 'POST', token })
    expect((await call(rested, '/users/me', { token })).json.code).toBe('auth.session_revoked')
  })

  test('It is refused within a second even if all connections were cut meanwhile', async () => {
    const { access_token: token } = await register()
    expect((await call(there, '/users/me', { token })).status).toBe(200)
    const sql = postgres(url, { max: 1 })
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`
    await sql.end()
    // The first requests on cut connections may get a 503. All later ones succeed.
    let logout = await call(here, '/auth/logout', { method: 'POST', token })
    for (let tries = 0; logout.status === 503 && tries < 50; tries++) {
      logout = await call(here, '/auth/logout', { method: 'POST', token })
    }
    expect([204, 401]).toContain(logout.status)
    expect(await refusedAfter(there, token)).toBeLessThan(1000)
    expect((await call(there, '/users/me', { token })).json.code).toBe('auth.session_revoked')
  })

  test('A session that ended with a new password or with its account is refused too', async () => {
    const first = await register()
    const login = { username: first.user.username, password: 'correct horse battery' }
    const second = (await call(there, '/auth/token', { method: 'POST', json: login })).json
    await call(here, '/users/me/password', {
      method: 'PUT',
      token: first.access_token,
      json: { current_password: 'correct horse battery', new_password: 'another horse battery' },
    })
    expect(await refusedAfter(there, second.access_token)).toBeLessThan(1000)
    const json = { password: 'another horse battery' }
    expect(
      (await call(here, '/users/me', { method: 'DELETE', token: first.access_token, json })).status,
    ).toBe(204)
    expect(await refusedAfter(there, first.access_token)).toBeLessThan(1000)
  })
})

describe('two admins who demote each other at the same moment', () => {
  test('Only one of them succeeds: the last admin stays', async () => {
    const sql = postgres(url, { max: 1 })
    const names = [0, 1].map(() => `a-${crypto.randomUUID().slice(0, 12)}`)
    const password = 'correct horse battery'
    for (const username of names) {
      await call(here, '/users', {
        method: 'POST',
        json: { username, email: `${username}@example.com`, password },
      })
    }
    await sql`update users set role = case when username in ${sql(names)} then 'admin' else 'user' end`
    const logins = await Promise.all(
      names.map((username) => call(here, '/auth/token', { method: 'POST', json: { username, password } })),
    )
    const [one, two] = logins.map((login) => login.json)
    const demote = (server: TestServer, by: any, whom: any) =>
      call(server, `/users/${whom.user.id}`, {
        method: 'PATCH',
        token: by.access_token,
        json: { role: 'user' },
      })
    const responses = await Promise.all([demote(here, one, two), demote(there, two, one)])
    expect(responses.map((response) => response.status).sort()).not.toEqual([200, 200])
    const [{ admins } = { admins: -1 }] =
      await sql`select count(*)::int as admins from users where role = 'admin'`
    expect(admins).toBe(1)
    const last = await call(here, '/users/me', {
      method: 'DELETE',
      token: responses[0]?.status === 200 ? one.access_token : two.access_token,
      json: { password },
    })
    expect(last.json.code).toBe('users.last_admin')
    await sql.end()
  })
})
