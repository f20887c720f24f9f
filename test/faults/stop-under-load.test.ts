import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { call, logIn } from './service.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

/** For what takes as long as the machine is slow. */
const patiently = { interval: 20, timeout: 10_000 }

const isWorking = (url: string) =>
  call(url, { path: '/readyz' }).then(
    ({ status, json }) => (status === 200 ? 'ready' : json.code),
    () => 'gone',
  )

describe('Under 100 requests a second', { timeout: 60_000 }, () => {
  test.for([
    ['SIGTERM', 'start'],
    ['SIGINT', 'start'],
    ['SIGTERM', 'start --workers 2'],
  ] as const)('%s fails no request: %s', async ([signal, command]) => {
    await using folder = temporaryFolder()
    const settings = { DATABASE_URL: server.url, SHUTDOWN_DELAY: '700ms' }
    await using service = await start(folder.path, settings, command)
    const token = await logIn(service.url)
    const load = startLoad({ url: service.url, rate: 100, next: everydayRequests(token, rootAdmin) })
    await expect.poll(() => load.outcome.statuses[200] ?? 0, patiently).toBeGreaterThan(50)

    process.kill(service.pid, signal)
    await expect.poll(() => isWorking(service.url), patiently).toBe('service.stopping')
    const noticedAt = performance.now()
    await expect.poll(() => isWorking(service.url), patiently).toBe('gone')
    expect(await service.exited).toBe(0)
    await setTimeout(100)
    const { failures, refusals, statuses } = await load.stop()

    // Who goes on after all that time finds nobody: that is refused at the door, and nothing is cut off. Only on a
    // machine that lets the process wait between its last look outside and closing may the kernel reset one there.
    const cutOff = failures.filter(({ code }) => code !== 'ECONNREFUSED')
    expect(cutOff.filter(({ isReused }) => isReused)).toEqual([])
    expect(cutOff.length).toBeLessThanOrEqual(1)
    expect(failures.filter(({ sentAt }) => sentAt < noticedAt + 400)).toEqual([])
    expect(refusals).toEqual([])
    expect(Object.keys(statuses)).toEqual(['200', '201'])
  })
})
