import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { verify } from 'hono/jwt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeError } from '../../src/errors/describe-error.ts'
import { prepareDataFolder } from '../support/data-folder.ts'
import { gatepost, startCommand } from '../support/gatepost.ts'
import { freePort, removeFolder } from '../support/processes.ts'
import { jwtSecret, rootAdmin, testSettings } from '../support/settings.ts'
import { openCollector } from './fixtures/collector.ts'
import { exchange } from './fixtures/raw-http.ts'

/** A part of every secret that a client sends here. */
const canary = 'CANARY'
const secret = (what: string) => `${canary}-${what}-x7Qp`
const metricsToken = 'metrics-token-metrics-token-metrics!'

describe('a service with the most detailed log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-log-'))
  let service: ReturnType<typeof startCommand>
  let collector: Awaited<ReturnType<typeof openCollector>>
  let url: string
  let logs = ''
  /** Secrets that the service itself has issued and must not log. */
  const given: string[] = []

  beforeAll(async () => {
    collector = await openCollector()
    const data = join(folder, 'data')
    await prepareDataFolder(data)
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    service = startCommand(['start'], {
      DATA_DIR: data,
      PORT: String(port),
      LOG_LEVEL: 'trace',
      RATE_LIMIT: 'on',
      BODY_LIMIT: '2KiB',
      METRICS_TOKEN: metricsToken,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    })
    let output = ''
    service.child.stdout.on('data', (text: string) => {
      output += text
    })
    for (let n = 0; n < 1200 && !output.includes('is running'); n++) await setTimeout(25)
    await sendSecrets(port)
    service.child.kill('SIGTERM')
    const { code, stdout, stderr } = await service.finished
    expect([code, stderr]).toEqual([0, ''])
    logs = stdout
  }, 60_000)
  afterAll(async () => {
    service?.child.kill('SIGKILL')
    await collector?.[Symbol.asyncDispose]()
    await removeFolder(folder)
  })

  async function send(path: string, init: RequestInit & { json?: unknown } = {}) {
    const { json, ...rest } = init
    const body = json === undefined ? undefined : JSON.stringify(json)
    const headers = { ...(body && { 'content-type': 'application/json' }), ...rest.headers }
    const response = await fetch(url + path, { ...rest, headers, ...(body && { body }) })
    const text = await response.text()
    given.push(...response.headers.getSetCookie().map((cookie) => cookie.split(/[=;]/)[1] ?? ''))
    return { status: response.status, text }
  }

  async function sendSecrets(port: number) {
    const password = secret('password')
    const account = { username: 'canary', email: 'canary@example.com', password }
    const session = JSON.parse((await send('/users', { method: 'POST', json: account })).text)
    given.push(session.access_token, session.refresh_token)
    const as = (token: string, more = {}) => ({ headers: { authorization: `Bearer ${token}`, ...more } })
    const mine = as(session.access_token, { 'idempotency-key': secret('key') })
    const post = (path: string, json: unknown, headers = {}) => send(path, { method: 'POST', json, headers })

    await post('/auth/token?carrier=cookie', { username: 'canary', password })
    await post('/auth/token', { username: 'canary', password: secret('wrong') })
    await post('/auth/token', { username: secret('name'), password: secret('wrong') })
    for (let n = 0; n < 12; n++) await post('/auth/token', { username: 'canary', password: secret('guess') })
    await send('/auth/token', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`a:${secret('basic')}`)}` },
    })
    await post('/auth/refresh', { refresh_token: secret('refresh') })
    await post('/auth/refresh', { refresh_token: session.refresh_token })
    await post('/users', { ...account, password: 'short', secret: secret('unknown') })
    await post('/users', { ...account })
    await send('/users/me/password', {
      method: 'PUT',
      json: { current_password: password, new_password: secret('new') },
      ...mine,
    })
    for (const token of [secret('token'), `a.${btoa(secret('jwt'))}.b`]) {
      await send('/auth/whoami', as(token))
      await send('/auth/whoami', { headers: { 'x-access-token': token } })
      await send('/auth/whoami', { headers: { cookie: `gatepost_access=${token}; other=${token}` } })
      await send('/metrics', as(token))
    }
    await send('/posts', { method: 'POST', json: { title: secret('title'), body: secret('body') }, ...mine })
    for (const name of ['token', 'api_key', 'password', 'q', 'cursor'])
      await send(`/posts?${name}=${secret(name)}`, {
        headers: { referer: `https://a.example/?t=${secret('referer')}` },
      })
    await send(`/reset/${secret('path')}?sig=${secret('signature')}`)
    await send(`/users/${secret('id')}`, mine)
    await send(`/problems/${secret('code')}`)
    await send('/posts', {
      headers: { 'x-webhook-signature': secret('webhook'), 'user-agent': secret('agent') },
    })
    await send('/posts', {
      headers: { 'x-forwarded-for': secret('address'), tracestate: `k=${secret('state')}` },
    })
    const unreadable = [`{"password": "${secret('json')}"`, `"${secret('text')}"`, `${secret('bare')}`]
    for (const body of unreadable)
      await send('/auth/token', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    await send('/auth/token', {
      method: 'POST',
      body: secret('form'),
      headers: { 'content-type': 'text/plain' },
    })
    await post('/auth/token', { password: secret('large').repeat(200) })
    await exchange(port, `GET /${secret('line')} HTTP/9\r\n\r\n`)
    await exchange(port, `GET / HTTP/1.1\r\nHost: ${secret('host')}@x\r\nConnection: close\r\n\r\n`)
    await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${secret('long').repeat(2000)}\r\n\r\n`)
    given.push((await send('/metrics', as(metricsToken))).text.includes(canary) ? canary : '')
  }

  test('The log has a line for each request, with its id, route, status, duration and user', () => {
    const lines = logs
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)) // every line, including the start message
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'Gatepost is running.', url }))
    const requests = lines.filter(({ msg }) => msg === 'request')
    expect(requests.length).toBeGreaterThan(40)
    for (const line of requests)
      expect(line).toMatchObject({
        request_id: expect.stringMatching(/^[\w.-]+$/),
        route: expect.stringMatching(/^\//),
        status: expect.any(Number),
        duration_ms: expect.any(Number),
      })
    expect(requests.find(({ route }) => route === '/users/me/password')?.user_id).toMatch(/^[\da-f-]{36}$/)
    expect(lines.filter(({ msg }) => msg === 'request refused').length).toBeGreaterThanOrEqual(2)
  })

  test('The log contains no secret of a request, of the service or of its settings', () => {
    const serverSecrets = [jwtSecret, rootAdmin.password, metricsToken, '$2b$', btoa(`a:${secret('basic')}`)]
    const secrets = [
      canary,
      canary.toLowerCase(),
      btoa(canary).slice(0, 7),
      ...serverSecrets,
      ...given.filter(Boolean),
    ]
    // The username contains the word too: only the id of a user may be logged.
    for (const written of [logs, collector.received()]) {
      expect(written.length).toBeGreaterThan(1000)
      expect(secrets.filter((one) => written.includes(one))).toEqual([])
    }
  })
})

test('The message about an unreachable database does not contain its password', async () => {
  const ended = await gatepost(['start'], {
    DATABASE_URL: `postgres://someone:${secret('database')}@127.0.0.1:9/none`,
    LOG_LEVEL: 'trace',
  })
  expect(ended.code).toBe(1)
  expect(ended.stdout + ended.stderr).not.toContain(canary)
})

describe('the log line of an unexpected error', () => {
  const thrownBy = async (work: () => unknown) => {
    try {
      await work()
    } catch (error) {
      return describeError(error)
    }
    throw new Error('Nothing was thrown.')
  }

  test.for<[string, () => unknown]>([
    ['JSON.parse', () => JSON.parse(secret('json'))],
    ['BigInt', () => BigInt(secret('number'))],
    ['RegExp', () => new RegExp(`(${secret('pattern')}`)],
    ['an argument', () => Buffer.from('x', secret('encoding') as 'utf8')],
    ['hono/jwt', () => verify(secret('token'), 'x', 'HS256')],
    [
      'a driver',
      () => {
        throw Object.assign(new Error(secret('row')), { code: '23505', detail: secret('detail') })
      },
    ],
    [
      'Drizzle',
      () => {
        throw new Error(secret('query'), {
          cause: Object.assign(new Error(secret('row')), { code: '23505' }),
        })
      },
    ],
    [
      'a text',
      () => {
        throw secret('text')
      },
    ],
  ])('The line for an error of %s does not repeat the value', async ([, work]) => {
    const described = await thrownBy(work)
    expect(JSON.stringify(described)).not.toContain(canary)
    expect(described.name).not.toBe('')
  })
})

test('The message of an error of the service itself is kept', () => {
  const error = new Error('INSERT … RETURNING returned nothing.')
  error.stack = `Error\n    at createPost (file:///app/src/posts/posts.service.ts:10:5)`
  expect(describeError(error).message).toBe(error.message)
})

test.skipIf(spawnSync('script', ['--version']).status !== 0)(
  'On a terminal the lines are formatted for people',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-terminal-'))
    await prepareDataFolder(join(folder, 'data'))
    const { PATH } = process.env
    const port = String(await freePort())
    const env = {
      PATH,
      ...testSettings,
      LOG_LEVEL: 'info',
      DATA_DIR: join(folder, 'data'),
      PORT: port,
      NO_COLOR: '1',
    }
    const program = `echo PID $$; exec ${process.execPath} bin/gatepost.js start`
    const terminal = spawn('script', ['-qec', program, '/dev/null'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let shown = ''
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
    })
    await expect.poll(() => shown, { timeout: 15_000 }).toContain('is running')
    await fetch(`http://127.0.0.1:${port}/healthz`)
    await expect.poll(() => shown).toMatch(/\d\d:\d\d:\d\d\.\d{3}.* INFO: request \{.*"route":"\/healthz"/)
    process.kill(Number(/PID (\d+)/.exec(shown)?.[1]), 'SIGTERM')
    await once(terminal, 'exit')
    await removeFolder(folder)
  },
)
