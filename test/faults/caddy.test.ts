import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Service, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { freePort, type Launched, launch } from '../support/processes.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { call, logIn } from './service.ts'

// The example configuration in docs/deploy with the real Caddy, which .ci/run installs.

const hasCaddy = spawnSync('caddy', ['version']).status === 0
if (!hasCaddy) process.stdout.write('Caddy is not installed: its example configuration is not tried.\n')

let server: TestPostgres
let folder: ReturnType<typeof temporaryFolder>
let services: Service[] = []
let caddy: Launched
let url: string

const startOne = (port?: number) =>
  start(folder.path, {
    DATABASE_URL: server.url,
    SHUTDOWN_DELAY: '1500ms',
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT: 'on',
    ...(port && { PORT: String(port) }),
  })

describe.skipIf(!hasCaddy)('Behind Caddy', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    server = await startPostgres()
    folder = temporaryFolder()
    services = await Promise.all([startOne(), startOne(), startOne()])
    url = `http://127.0.0.1:${await freePort()}`
    const config = fileURLToPath(new URL('../../docs/deploy/Caddyfile', import.meta.url))
    caddy = await launch({
      command: ['caddy', 'run', '--adapter', 'caddyfile', '--config', config],
      folder: temporaryFolder().path,
      env: {
        PATH: process.env.PATH,
        HOME: folder.path,
        SITE: url,
        UPSTREAMS: services.map(({ port }) => `127.0.0.1:${port}`).join(' '),
      },
      lastSignal: 'KILL',
    })
    await vi.waitFor(async () => expect((await call(url, { path: '/readyz' })).status).toBe(200), {
      timeout: 10_000,
    })
  })

  afterAll(async () => {
    await caddy?.end('SIGTERM', 5000, 'SIGKILL')
    for (const service of services) await service[Symbol.asyncDispose]()
    await server?.stop()
    await folder?.[Symbol.asyncDispose]()
  })

  test('The client’s address comes from Caddy, not from the client', async () => {
    const forged = { 'X-Forwarded-For': '203.0.113.9' }
    const { username, password } = rootAdmin
    const { json } = await call(url, { path: '/auth/token', json: { username, password }, headers: forged })
    const sessions = await call(url, { path: '/auth/sessions', token: json.access_token })
    const current = sessions.json.items.find((session: { current: boolean }) => session.current)
    expect(current.address).toBe('127.0.0.1')
  })

  test('Two of three instances are restarted under 100 requests a second, and no request fails', async () => {
    const token = await logIn(url)
    const load = startLoad({ url, rate: 100, next: everydayRequests(token, rootAdmin) })
    for (const [index, old] of services.slice(1).entries()) {
      expect(await old.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
      services[index + 1] = await startOne(old.port)
    }
    const { statuses, failures, refusals } = await load.stop()
    expect([failures, refusals]).toEqual([[], []])
    expect(Object.keys(statuses)).toEqual(['200', '201'])
  })
})
