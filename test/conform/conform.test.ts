import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conform } from '../../packages/conform/src/conform.ts'
import { isConforming, type Report } from '../../packages/conform/src/report.ts'
import { runCommand } from '../support/command.ts'
import { startPostgres } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'
import { faults } from './fixtures/faults.ts'
import { startFaulty } from './fixtures/proxy.ts'

const admin = { username: rootAdmin.username, password: rootAdmin.password }
const failedIn = ({ results }: Report) =>
  results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ title, failures }) => `${title}: ${failures[0]?.actual}`)

let server: TestServer

/** Milliseconds for a response on a busy machine. */
const timeout = 60_000

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

describe('correct servers', () => {
  test('A correct server passes with the embedded database and without limits', async () => {
    const report = await conform({ url: server.url, admin, timeout })
    expect(failedIn(report)).toEqual([])
    expect(await uncalledOperations(report)).toEqual([])
    expect(report.leftovers).toEqual([])
    expect(report.results.length).toBeGreaterThan(250)
    const skipped = report.results.filter(({ outcome }) => outcome === 'skipped')
    expect(skipped.length).toBeLessThan(10)
  }, 180_000)

  test('A correct server passes with PostgreSQL, limits, a key pair and tokens that live five seconds', async () => {
    await using postgres = await startPostgres()
    const { publicKeys } = await keyPair()
    await using other = await startServer({
      DATABASE_URL: await postgres.createDatabase(),
      RATE_LIMIT: 'on',
      ACCESS_TOKEN_TTL: '5s',
      JWT_SECRET: undefined,
      JWT_KEYS: publicKeys,
    })
    const report = await conform({ url: other.url, admin, limits: true, timeout })
    expect(failedIn(report)).toEqual([])
    expect(report.leftovers.filter((name) => !name.endsWith('-bar'))).toEqual([])
    const skipped = report.results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)
    expect(skipped.join('\n')).not.toMatch(/tokens live|limits are off|no public keys/)
  }, 180_000)
})

describe('gatepost conform', () => {
  const run = (args: string[], env: Record<string, string> = {}) => runCommand(['conform', ...args], env)

  test('The command prints the results, and ends with 0 if the server conforms', async () => {
    const { exitCode, stdout, stderr } = await run([server.url, '--only', 'service,comments'])
    expect(stderr).toMatch(/^(\d+ of \d+ checks\n)*$/) // progress of slow runs
    expect(stdout).toMatch(/^Gatepost \d+\.\d+\.\d+ at http:/)
    expect(stdout).toMatch(/ {2}comments +7 passed\n/)
    expect(stdout).toMatch(/It conforms: \d+ checks, \d+ passed.*; \d+ requests in [\d.]+ s\.\n$/)
    expect(exitCode).toBe(0)
  })

  test('The command shows a fault with request and response, without secrets, and ends with 1', async () => {
    const { plant } = faults['posts that every user may delete'] ?? {}
    await using faulty = await startFaulty(server.url, plant?.() ?? {})
    const { exitCode, stdout } = await run([faulty.url, '--only', 'privacy'])
    expect(stdout).toContain(
      'FAILED  A post of somebody else can be read, but not changed, restored or deleted',
    )
    expect(stdout).toMatch(
      /expected: a problem of status 403 with the code auth\.forbidden\n {2}actual: +status 204/,
    )
    expect(stdout).toMatch(/DELETE \/posts\/\d+\n {4}authorization: <token of bob>/)
    expect(stdout).not.toMatch(/eyJ|pw [0-9a-f]{24}/)
    expect(exitCode).toBe(1)
  })

  test('The command prints the report as JSON, and names what was skipped and why', async () => {
    const { exitCode, stdout } = await run([server.url, '--only', 'admins', '--json'])
    const report: Report = JSON.parse(stdout)
    const admins = report.results.filter(({ group }) => group === 'admins')
    expect(admins.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      admins.map(() => ['skipped', 'no admin: name one with --admin']),
    )
    expect(exitCode).toBe(0)
  })

  test('The command reads the password of the admin from the environment, never from an argument', async () => {
    const { exitCode, stdout } = await run([server.url, '--only', 'admins', '--admin', admin.username], {
      GATEPOST_ADMIN_PASSWORD: admin.password,
    })
    expect(stdout).toMatch(/ {2}admins +8 passed\n/)
    expect(exitCode).toBe(0)
    const visible = await run([server.url, '--admin', `${admin.username}:${admin.password}`])
    expect([visible.exitCode, visible.stdout]).toEqual([2, ''])
    expect(visible.stderr).toContain('GATEPOST_ADMIN_PASSWORD')
  })

  test.concurrent.each([
    ['nothing answers', ['http://127.0.0.1:9'], /cannot be reached/],
    ['the address has a path', ['http://127.0.0.1:9/api'], /not the address of a server/],
    ['a group is unknown', ['http://127.0.0.1:9', '--only', 'nothing'], /There is no group nothing/],
    ['an option is unknown', ['http://127.0.0.1:9', '--nothing'], /unknown option/],
  ])('The command ends with 2 if %s', async (_what, args, message) => {
    const { exitCode, stderr } = await run(args)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(2)
  })

  test('The command ends with 2 if the user is not an admin, or the server is not a Gatepost', async () => {
    const wrong = await run([server.url, '--admin', 'nobody-at-all'], { GATEPOST_ADMIN_PASSWORD: 'x' })
    expect(wrong.stderr).toContain('The admin could not log in')
    await using other = await startFaulty(server.url, {
      response: (response) => ({ ...response, status: 404 }),
    })
    const none = await run([other.url])
    expect(none.stderr).toContain('is not a Gatepost')
    expect([wrong.exitCode, none.exitCode]).toEqual([2, 2])
  })

  test('The kit deletes its accounts', async () => {
    const token = await adminToken()
    const before = await accountsOf(token)
    await conform({ url: server.url, only: ['accounts'] })
    const misplaced = await startFaulty(server.url, {
      request: (request) => ({ ...request, body: request.body.replace(/,"conform_unknown":"admin"/, '') }),
    })
    const report = await conform({ url: misplaced.url, titles: /\(registerUser\) refuses unknown/ })
    await misplaced[Symbol.asyncDispose]()
    expect(isConforming(report)).toBe(false)
    expect(await accountsOf(token)).toEqual(before)
  })
})

/** Operations of the document that the run did not call. */
async function uncalledOperations({ results }: Report): Promise<string[]> {
  const document: any = await (await fetch(`${server.url}/openapi.json`)).json()
  const ids = Object.values<any>(document.paths).flatMap((item) =>
    Object.values<any>(item).map(({ operationId }) => operationId),
  )
  const titles = results.filter(({ group }) => group === 'document').map(({ title }) => title)
  return ids.filter((id) => !titles.some((title) => title.includes(` of ${id} is `)))
}

async function adminToken(): Promise<string> {
  const response = await fetch(`${server.url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

async function accountsOf(token: string): Promise<unknown> {
  const response = await fetch(`${server.url}/users?limit=100`, { headers: { authorization: token } })
  return response.json()
}

describe('faulty servers', () => {
  test.concurrent.each(Object.entries(faults))(
    'The kit finds %s',
    async (_what, { group, found, during = found, isSlow = false, plant }) => {
      await using faulty = await startFaulty(server.url, plant())
      const report = await conform({
        url: faulty.url,
        admin,
        only: [group],
        titles: during,
        timeout,
        slow: isSlow,
      })
      expect(isConforming(report)).toBe(false)
      expect(failedIn(report).filter((line) => found.test(line))).not.toEqual([])
    },
  )
})

async function keyPair() {
  const { stdout } = await runCommand(['keys', 'generate', '--alg', 'ES256'])
  return { publicKeys: stdout }
}
