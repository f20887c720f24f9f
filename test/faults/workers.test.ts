import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatepost, launchService, type Service, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { freePort } from '../support/processes.ts'
import { jwtSecret } from '../support/settings.ts'
import { call, logIn } from './service.ts'

let server: TestPostgres
let folder: ReturnType<typeof temporaryFolder>
beforeAll(async () => {
  server = await startPostgres()
  folder = temporaryFolder()
})
afterAll(async () => {
  await server?.stop()
  await folder?.[Symbol.asyncDispose]()
})

const command = 'start --workers 2'
const startWorkers = () => start(folder.path, { DATABASE_URL: server.url }, command)

/** Child processes of this process. */
function workersOf({ pid }: Pick<Service, 'pid'>): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
}

const responses = async (url: string) =>
  call(url, { path: '/readyz' }).then(
    ({ status }) => status,
    () => undefined,
  )

describe('gatepost start --workers', { timeout: 60_000 }, () => {
  test('Workers announce their address once, and prepare the database once', async () => {
    await using service = await startWorkers()
    const line = { url: service.url, workers: 2, msg: 'Gatepost is running.' }
    expect(
      service
        .log()
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text)),
    ).toEqual([expect.objectContaining(line)])
    const sql = postgres(server.url, { max: 1 })
    expect(await sql`SELECT FROM users WHERE role = 'admin'`).toHaveLength(1)
    expect(await sql`SELECT FROM audit_events WHERE action = 'key.first_used'`).toHaveLength(1)
    await sql.end()
    await expectEndedEverywhere(service)
    expect(await service.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
    expect(await responses(service.url)).toBeUndefined()
  })

  test('Workers on the embedded database or on a used port are refused in one sentence', async () => {
    const embedded = await gatepost(command, { env: { DATA_DIR: folder.data } })
    expect(embedded).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringMatching(/^--workers: the embedded .*\n$/),
    })
    await using service = await startWorkers()
    const env = { DATABASE_URL: server.url, JWT_SECRET: jwtSecret, PORT: String(service.port) }
    const taken = await gatepost(command, { env })
    expect(taken).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Port \d+ is already in use.*\n$/),
    })
  })

  test.skipIf(process.platform !== 'linux')('A worker that was killed is replaced', async () => {
    await using service = await startWorkers()
    const [victim = 0] = workersOf(service)
    process.kill(victim, 'SIGKILL')
    await expect.poll(() => workersOf(service), { timeout: 10_000 }).not.toContain(victim)
    await expect.poll(() => workersOf(service).length, { timeout: 10_000 }).toBe(2)
    expect(await responses(service.url)).toBe(200)
    expect(service.log()).toContain('a worker has ended and is replaced')
    expect(await service.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
  })

  test.skipIf(process.platform !== 'linux')('No worker remains, however the process ends', async () => {
    // Two signals of one kind, one shortly after the other, count as one.
    for (const signals of [['SIGTERM', 'SIGINT'], ['SIGKILL']] as const) {
      const port = String(await freePort())
      const settings = {
        DATABASE_URL: server.url,
        PORT: port,
        SHUTDOWN_DELAY: '20s',
        SHUTDOWN_TIMEOUT: '20s',
      }
      const service = await launchService(folder.path, settings, command)
      expect(await service.logged('"workers":2')).toBe(true)
      const workers = workersOf(service)
      expect(workers).toHaveLength(2)
      for (const signal of signals) {
        process.kill(service.pid, signal)
        if (signals.length > 1) await service.logged('finishing')
      }
      await service.exited
      await expect.poll(() => workers.filter(isRunning), { timeout: 5000 }).toEqual([])
    }
  })
})

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Expects that every worker refuses an ended session within a second. */
async function expectEndedEverywhere(service: Service) {
  const token = await logIn(service.url)
  await call(service.url, { path: '/auth/logout', token, json: {} })
  const endedAt = performance.now()
  // Each connection may reach another worker.
  const whoAmI = () => call(service.url, { path: '/auth/whoami', token, headers: { Connection: 'close' } })
  const statuses = async () =>
    new Set((await Promise.all(Array.from({ length: 20 }, whoAmI))).map((a) => a.status))
  await expect.poll(statuses, { interval: 20 }).toEqual(new Set([401]))
  expect(performance.now() - endedAt).toBeLessThan(1000)
}
