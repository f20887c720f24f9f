import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { type Env, start, temporaryFolder } from './fixtures/gatepost.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

/** A service on the shared PostgreSQL, which starts sooner than with the embedded database. */
async function startService(env: Env = {}) {
  const folder = temporaryFolder()
  const service = await start(folder.path, { DATABASE_URL: server.url, ...env })
  const dispose = async () => {
    await service[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { ...service, [Symbol.asyncDispose]: dispose }
}

const login = JSON.stringify({ username: rootAdmin.username, password: rootAdmin.password })
const head = `POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${login.length}\r\n\r\n`

/** A request that the server has begun and cannot finish without the rest of the body. */
async function sendHalfRequest(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(head + login.slice(0, 10))
  return socket
}

/** Everything until the connection is closed. */
async function rest(socket: Socket): Promise<string> {
  let received = ''
  for await (const chunk of socket) received += chunk
  return received
}

describe('SIGTERM', { timeout: 60_000 }, () => {
  test('SIGTERM lets a running request finish, accepts no new ones, and ends with exit code 0', async () => {
    await using service = await startService()
    const idle = connect(service.port, '127.0.0.1')
    idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(idle, 'data')
    const busy = await sendHalfRequest(service.port)
    await fetch(`${service.url}/healthz`) // after this the server has read the half request
    process.kill(service.pid, 'SIGTERM')
    if (!idle.closed) await once(idle, 'close')
    await expect.poll(() => refusesConnections(service.port)).toBe(true)
    busy.write(login.slice(10))
    const response = await rest(busy)
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"access_token":/s)
    expect(await service.exited).toBe(0)
    expect(service.log()).toContain('SIGTERM: finishing what is under way')
  })

  test('SIGTERM does not wait for keep-alive connections that become idle', async () => {
    await using service = await startService({ SHUTDOWN_TIMEOUT: '60s' })
    const busy = await sendHalfRequest(service.port)
    await fetch(`${service.url}/healthz`)
    process.kill(service.pid, 'SIGTERM')
    await service.logged('SIGTERM')
    busy.write(login.slice(10)) // the client asks to keep the connection
    expect(await rest(busy)).toContain('Connection: close')
    expect(await service.exited).toBe(0)
  })

  test('SIGTERM aborts requests after SHUTDOWN_TIMEOUT', async () => {
    await using service = await startService({ SHUTDOWN_TIMEOUT: '200ms' })
    const stuck = await sendHalfRequest(service.port)
    await fetch(`${service.url}/healthz`)
    process.kill(service.pid, 'SIGTERM')
    expect(await rest(stuck)).toBe('')
    expect(await service.exited).toBe(0)
  })

  test('A second signal ends the service at once', async () => {
    await using service = await startService({ SHUTDOWN_TIMEOUT: '60s' })
    await sendHalfRequest(service.port)
    await fetch(`${service.url}/healthz`)
    process.kill(service.pid, 'SIGTERM')
    await service.logged('SIGTERM')
    process.kill(service.pid, 'SIGINT')
    expect(await service.exited).toBe(1)
  })

  test('SIGTERM counts once if npm and the terminal both send it', async () => {
    await using service = await startService({ SHUTDOWN_DELAY: '300ms' })
    process.kill(service.pid, 'SIGINT')
    await service.logged('SIGINT')
    process.kill(service.pid, 'SIGINT')
    expect(await service.exited).toBe(0)
  })
})

describe('connections without a request', { timeout: 60_000 }, () => {
  test('Idle connections do not delay the stop', async () => {
    await using service = await startService({ SHUTDOWN_TIMEOUT: '60s' })
    const silent = connect(service.port, '127.0.0.1')
    await once(silent, 'connect')
    await fetch(`${service.url}/healthz`)
    process.kill(service.pid, 'SIGTERM')
    expect(await service.exited).toBe(0)
  })
})

test('A request that is incomplete after REQUEST_TIMEOUT gets a 408', async () => {
  await using service = await startService({ REQUEST_TIMEOUT: '1s' })
  const slow = await sendHalfRequest(service.port)
  expect(await rest(slow)).toMatch(/^HTTP\/1\.1 408 .*"code":"request\.timeout"/s)
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
})

function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return once(socket, 'connect')
    .then(() => false)
    .catch(() => true)
    .finally(() => socket.destroy())
}
