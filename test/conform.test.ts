import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conform } from '../src/commands/conform/conform.ts'
import { isConforming, type Report } from '../src/commands/conform/report.ts'
import { faults } from './conform-fixtures/faults.ts'
import { startFaulty } from './conform-fixtures/proxy.ts'
import { runCommand } from './support/command.ts'
import { startPostgres } from './support/postgres.ts'
import { startServer, type TestServer } from './support/server.ts'
import { rootAdmin } from './support/settings.ts'

const admin = { username: rootAdmin.username, password: rootAdmin.password }
const failedIn = ({ results }: Report) =>
  results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ title, failures }) => `${title}: ${failures[0]?.came}`)

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.stop())

describe('a right server passes', () => {
  test('with the embedded database and without limits', async () => {
    const report = await conform({ url: server.url, admin })
    expect(failedIn(report)).toEqual([])
    expect(report.unknown_operations).toEqual([])
    expect(report.leftovers).toEqual([])
    expect(report.results.length).toBeGreaterThan(250)
    const skipped = report.results.filter(({ outcome }) => outcome === 'skipped')
    expect(skipped.length).toBeLessThan(10)
  })

  test('with PostgreSQL, limits, a key pair and tokens that live two seconds', async () => {
    await using postgres = await startPostgres()
    const { publicKeys } = await keyPair()
    await using other = await startServer({
      DATABASE_URL: await postgres.createDatabase(),
      RATE_LIMIT: 'on',
      ACCESS_TOKEN_TTL: '2s',
      JWT_SECRET: undefined,
      JWT_KEYS: publicKeys,
    })
    const report = await conform({ url: other.url, admin, limits: true })
    expect(failedIn(report)).toEqual([])
    expect(report.leftovers.filter((name) => !name.endsWith('-bar'))).toEqual([])
    const skipped = report.results.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)
    expect(skipped.join('\n')).not.toMatch(/tokens live|limits are off|no public keys/)
  }, 60_000)
})

describe('a server is found out that has', () => {
  test.concurrent.each(Object.entries(faults))(
    '%s',
    async (_what, { group, found, during = found, plant }) => {
      await using faulty = await startFaulty(server.url, plant())
      const report = await conform({ url: faulty.url, admin, only: [group], titles: during })
      expect(isConforming(report)).toBe(false)
      expect(failedIn(report).filter((line) => found.test(line))).not.toEqual([])
    },
  )
})

async function keyPair() {
  const { stdout } = await runCommand(['keys', 'generate', '--alg', 'ES256'])
  return { publicKeys: stdout }
}
