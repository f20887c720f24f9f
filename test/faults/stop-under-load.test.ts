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

/** Long timeouts for slow machines. */
const polling = { interval: 20, timeout: 10_000 }

const isWorking = (url: string) =>
  call(url, { path: '/readyz' }).then(
    ({ status, json }) => (status === 200 ? 'ready' : json.code),
    () => 'gone',
  )

describe('stopping under 100 requests a second', { timeout: 60_000 }, () => {
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
    await expect.poll(() => load.outcome.statuses[200] ?? 0, polling).toBeGreaterThan(50)

    process.kill(service.pid, signal)
    await expect.poll(() => isWorking(service.url), polling).toBe('service.stopping')
    const noticedAt = performance.now()
    await expect.poll(() => isWorking(service.url), polling).toBe('gone')
    expect(await service.exited).toBe(0)
    await setTimeout(100)
    const { failures, refusals, statuses } = await load.stop()

    // Connections after the stop are refused, and no request is cut off. The kernel may only reset one if the
    // process is paused between its last check of the backlog and closing the socket.
    const cutOff = failures.filter(({ code }) => code !== 'ECONNREFUSED')
    expect(cutOff.filter(({ isReused }) => isReused)).toEqual([])
    expect(cutOff.length).toBeLessThanOrEqual(1)
    expect(failures.filter(({ sentAt }) => sentAt < noticedAt + 400)).toEqual([])
    expect(refusals).toEqual([])
    expect(Object.keys(statuses)).toEqual(['200', '201'])
  })
})
