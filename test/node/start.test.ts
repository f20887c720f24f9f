import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { freePort } from '../support/processes.ts'
import { jwtSecret, rootAdmin } from '../support/settings.ts'
import {
  type DataTemplate,
  dataTemplate,
  type Env,
  gatepost,
  launchService,
  start,
  temporaryFolder,
} from './fixtures/gatepost.ts'

const isRoot = process.getuid?.() === 0

let server: TestPostgres
let template: DataTemplate
beforeAll(async () => {
  template = await dataTemplate()
  server = await sharePostgres()
})
afterAll(async () => {
  await template?.[Symbol.asyncDispose]()
  await server?.stop()
})

/** A start that must fail, on a free port and in a new folder. */
async function refusedStart(env: Env) {
  await using folder = temporaryFolder()
  const port = String(await freePort())
  return gatepost('start', { env: { PORT: port, DATA_DIR: folder.data, ...env } })
}

/** Expects one paragraph with advice: no stack trace, no JSON, nothing on standard output. */
function expectSentence({ exit, stdout, stderr }: Awaited<ReturnType<typeof gatepost>>) {
  expect([exit, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^[A-Z].*\S\n$/s)
  expect(stderr).not.toMatch(/^\s+at |node:internal|\.ts:\d|fault of Gatepost/m)
  return stderr
}

describe('gatepost start', { timeout: 60_000 }, () => {
  test('start announces its address and its database, without secrets', async () => {
    await using folder = temporaryFolder(template)
    await using service = await start(folder.path, { JWT_SECRET: undefined })
    const [line = '', ...more] = service.log().split('\n')
    expect(JSON.parse(line)).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      url: service.url,
      database: `embedded PostgreSQL in ${folder.data}`,
      msg: 'Gatepost is running.',
    })
    expect(more).toEqual([''])
    expect((await fetch(`${service.url}/docs`)).status).toBe(200)
  })

  test('start names host and database of a PostgreSQL server, but neither user nor password', async () => {
    await using folder = temporaryFolder()
    const url = new URL(await server.createDatabase())
    await using service = await start(folder.path, { DATABASE_URL: url.href })
    expect(service.log()).toContain(`"database":"PostgreSQL at ${url.host}${url.pathname}"`)
    for (const secret of [url.password, jwtSecret, rootAdmin.password]) {
      expect(service.log()).not.toContain(secret)
    }
    expect(existsSync(folder.data)).toBe(false)
  })

  test('A second start keeps accounts, tokens and the secret', async () => {
    await using folder = temporaryFolder(template)
    const env = { JWT_SECRET: undefined }
    const { username, password } = rootAdmin
    let token: string
    {
      await using first = await start(folder.path, env)
      const response = await fetch(`${first.url}/auth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
      })
      token = ((await response.json()) as any).access_token
      expect(await first.end('SIGTERM', 10_000, 'SIGKILL')).toBe(0)
    }
    await using second = await start(folder.path, env)
    const response = await fetch(`${second.url}/auth/whoami`, { headers: { authorization: token } })
    expect(await response.json()).toMatchObject({ logged_in_as: username })
    expect(statSync(join(folder.path, 'data/jwt-secret')).mode & 0o777).toBe(0o600)
    expect(statSync(folder.data).mode & 0o777).toBe(0o700)
  })

  test('Three starts at once on an empty server create one admin', async () => {
    await using folder = temporaryFolder()
    const url = await server.createDatabase()
    const three = await Promise.all([1, 2, 3].map(() => start(folder.path, { DATABASE_URL: url })))
    const sql = postgres(url, { max: 1 })
    try {
      expect(await sql`SELECT username FROM users`).toEqual([{ username: rootAdmin.username }])
      for (const { url } of three) expect((await fetch(`${url}/posts`)).status).toBe(200)
    } finally {
      await sql.end()
      for (const service of three) await service[Symbol.asyncDispose]()
    }
  })
})

describe('failed starts', { timeout: 60_000 }, () => {
  test('start fails at once if the port is used', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await using folder = temporaryFolder()
    const ended = await refusedStart({ PORT: String(port), DATA_DIR: folder.data })
    taken.close()
    expect(expectSentence(ended)).toContain(`Port ${port} is already in use`)
    expect(ended.stderr).toContain(`PORT=${port + 1}`)
    expect(existsSync(folder.data)).toBe(false) // checked before the database, which takes seconds to create
  })

  test('start names every wrong setting', async () => {
    const wrong = { PORT: '0', JWT_SECRET: 'hunter2', CORS_ORIGINS: 'hunter2', LOG_LEVEL: 'loud' }
    const message = expectSentence(await refusedStart(wrong))
    for (const name of Object.keys(wrong)) expect(message).toMatch(RegExp(`^${name}\\b`, 'm'))
    expect(message).not.toMatch(/hunter2|loud/)
  })

  test('start fails if the data folder cannot be created', async () => {
    await using folder = temporaryFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    expect(expectSentence(await refusedStart({ DATA_DIR: join(file, 'data') }))).toContain('DATA_DIR')
    if (process.platform !== 'linux') return
    expect(expectSentence(await refusedStart({ DATA_DIR: '/proc/gatepost/data' }))).toContain('DATA_DIR')
  })

  test('start fails if the data folder belongs to another user', async ({ skip }) => {
    await using folder = temporaryFolder()
    const nobody = isRoot ? unprivilegedUser() : {}
    if (!nobody) return skip('nobody else may read this clone')
    const closed = join(folder.path, 'closed')
    mkdirSync(closed)
    if (isRoot) chmodSync(folder.path, 0o755)
    else chmodSync(closed, 0o500)
    const port = String(await freePort())
    const ended = await gatepost('start', { env: { PORT: port, DATA_DIR: closed }, ...nobody })
    expect(expectSentence(ended)).toContain(`The data folder ${closed} cannot be used`)
  })

  test('start fails if another process uses the data folder, and that process continues', async () => {
    await using folder = temporaryFolder(template)
    await using first = await start(folder.path)
    const ended = await refusedStart({ DATA_DIR: folder.data })
    expect(expectSentence(ended)).toContain(`(process ${first.pid})`)
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
    expect(await first.end('SIGTERM', 10_000, 'SIGKILL')).toBe(0)
    await using next = await start(folder.path)
    expect((await fetch(`${next.url}/posts`)).status).toBe(200)
  })

  test('start fails if DATABASE_URL is set without JWT_SECRET', async () => {
    const message = expectSentence(await refusedStart({ DATABASE_URL: server.url }))
    expect(message).toMatch(/^JWT_SECRET: must be set.*Make one with: node -p/)
  })

  test('start fails in production without DATABASE_URL, unless that is allowed', async () => {
    const env = { NODE_ENV: 'production', BCRYPT_COST: '10', ADMIN_USERNAME: undefined }
    const message = expectSentence(await refusedStart(env))
    expect(message).toMatch(/^DATABASE_URL: must be set in production.*ALLOW_EMBEDDED_DATABASE=true/)
    await using folder = temporaryFolder(template)
    const admin = { ADMIN_EMAIL: undefined, ADMIN_PASSWORD: undefined }
    await using allowed = await start(folder.path, {
      ...env,
      ...admin,
      ALLOW_EMBEDDED_DATABASE: 'true',
      HOST: '127.0.0.1',
    })
    expect(allowed.log()).toContain('embedded PostgreSQL')
  })

  test.for<[what: string, change: (url: URL) => void, says: RegExp]>([
    ['is not there', (url) => Object.assign(url, { port: '1' }), /does not answer.*ECONNREFUSED/],
    // The error code depends on the resolver.
    [
      'has a name that nobody knows',
      (url) => Object.assign(url, { hostname: 'db.invalid' }),
      /does not answer/,
    ],
    ['refuses the password', (url) => Object.assign(url, { password: 'hunter2' }), /refuses the password/],
    ['has no such database', (url) => Object.assign(url, { pathname: '/nowhere' }), /no database "nowhere"/],
  ])('start fails if the server of DATABASE_URL %s', async ([, change, says]) => {
    const url = new URL(server.url)
    change(url)
    const message = expectSentence(await refusedStart({ DATABASE_URL: url.href, JWT_SECRET: jwtSecret }))
    expect(message).toMatch(says)
    expect(message).not.toContain(url.password)
  })

  test('start fails with requests waiting for a database that never responds', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as { port: number }
    const servicePort = await freePort()
    await using folder = temporaryFolder()
    const service = await launchService(folder.path, {
      PORT: String(servicePort),
      DATABASE_URL: `postgres://me:hunter2@127.0.0.1:${port}/name`,
    })
    const [toDatabase] = await once(silent, 'connection')
    const waiting = connect(servicePort, '127.0.0.1')
    waiting.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(waiting, 'connect')
    silent.on('connection', (socket) => socket.destroy())
    toDatabase.destroy()
    await expect.poll(() => waiting.closed).toBe(true) // `once` would fail if it is reset
    expect(await service.exited).toBe(1)
    silent.close()
    expect(service.log()).toMatch(/^The database of DATABASE_URL does not answer.*\n$/)
  })

  test.for<[what: string, admin: Env]>([
    ['name', { ADMIN_USERNAME: 'no spaces please' }],
    ['address', { ADMIN_EMAIL: 'nowhere' }],
    ['password', { ADMIN_PASSWORD: 'q1w2e3r4' }],
  ])('start fails if the first admin has an impossible %s', async ([, admin]) => {
    const url = await server.createDatabase()
    const env = {
      ...{ DATABASE_URL: url, JWT_SECRET: jwtSecret, BCRYPT_COST: '4' },
      ...{ ADMIN_USERNAME: 'boss', ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: rootAdmin.password },
      ...admin,
    }
    const message = expectSentence(await refusedStart(env))
    expect(message).toMatch(RegExp(`^${Object.keys(admin)[0]}: `))
    for (const value of Object.values(admin)) expect(message).not.toContain(`${value}`.split(' ')[0] ?? '')
  })

  test('start fails with an old Node', async ({ skip }) => {
    const node = oldNode()
    if (!node) return skip('there is no Node below 22.18 on the PATH')
    const ended = await gatepost('start', { node })
    expect(expectSentence(ended)).toMatch(/^Gatepost needs Node 22.18 or newer and this is v\d+.*npm start/)
  })
})

/** The user nobody, if its processes may read this clone. */
function unprivilegedUser() {
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  const nobody = { uid: idOf('-u'), gid: idOf('-g') }
  const tried = spawnSync(process.execPath, ['bin/gatepost.js', '--version'], { ...nobody, timeout: 20_000 })
  return tried.status === 0 ? nobody : undefined
}

function oldNode() {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => {
      const [, major, minor] =
        /^v(\d+)\.(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' })) ?? []
      return Number(major) < 22 || (Number(major) === 22 && Number(minor) < 18)
    })
}
