import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatepost } from '../node/fixtures/gatepost.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
import { jwtSecret } from '../support/settings.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await sharePostgres()
})
afterAll(() => server?.stop())

const password = 'correct horse battery'

test('Operators create, list and revoke API tokens, and a running server accepts and then refuses them', async () => {
  const env = { DATABASE_URL: await server.createDatabase(), JWT_SECRET: jwtSecret, BCRYPT_COST: '4' }
  await using service = await startServer(env)
  const run = async (command: string, input?: string) =>
    gatepost(command, { env, ...(input !== undefined && { input }) })
  await run('user create --username ada --email ada@example.com', password)

  const created = await run(
    'token create ada --name Nightly --scope account:read posts:read --expires-in 30d',
  )
  expect(created.exit).toBe(0)
  expect(created.stdout).toMatch(/^gp_[0-9A-Za-z]{36}\n$/)
  expect(created.stderr).toMatch(
    /^Created [0-9a-f-]{36} for ada: account:read posts:read, until \d{4}-.*Z\.\n$/,
  )
  const token = created.stdout.trim()
  const me = async () => {
    const response = await fetch(`${service.url}/users/me`, { headers: { authorization: token } })
    return { status: response.status, json: (await response.json()) as any }
  }
  expect((await me()).json.username).toBe('ada')

  const listed = JSON.parse((await run('token list ada@example.com --json')).stdout)
  expect(listed).toMatchObject({ name: 'Nightly', last_four: token.slice(-4) })
  expect((await run('token list ada')).stdout).toContain(`gp_…${token.slice(-4)}`)
  const revoked = await run(`token revoke ada ${listed.id}`)
  expect(revoked).toMatchObject({ exit: 0, stdout: `${listed.id} is revoked.\n` })
  expect((await me()).json.code).toBe('auth.token_revoked')
  expect((await run('token list ada')).stdout).toBe('')

  const failures = [
    [`token revoke ada ${listed.id}`, /no API token with this id/],
    ['token create nobody --name x --scope posts:read', /no user nobody/],
    ['token create ada --name x --scope session', /Allowed choices are account:read/],
    ['token create ada --name x', /--scope/],
    ['token create ada --name x --scope posts:read --expires-in soon', /Use a time such as/],
    ['token create ada --name x --scope posts:read --expires-in 3650d', /at most 31536000/],
    ['token revoke ada 1', /Use an id/],
  ] as const
  const ends = await Promise.all(failures.map(([command]) => run(command)))
  for (const [index, [command, message]] of failures.entries()) {
    expect([command, ends[index]]).toMatchObject([command, { exit: 1, stdout: '' }])
    expect(ends[index]?.stderr).toMatch(message)
  }
}, 180_000)
