import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

// Responses that are sent before the whole body of the request has arrived. Every client must be able to read them.

const origin = 'https://app.example.com'
let server: TestServer
let port: number
beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: origin, RATE_LIMIT: 'off' })
  port = Number(new URL(server.url).port)
})
afterAll(() => server?.stop())

const mebibyte = 1024 * 1024

interface Outcome {
  /** Status of the last response, and of those before it, such as 100. */
  status: number | undefined
  informational: number[]
  head: string
  /** How writing and reading ended, for example with a reset connection. */
  error: string | undefined
  /** Milliseconds until the head of the response. */
  ms: number
  /** True if the server has closed its side. */
  isEnded: boolean
  socket: Socket
}

interface Sent {
  head: string[]
  /** When to send the body: at once, or after the head of the response. */
  body?: { chunk: Buffer; times: number; isLate?: boolean }
  /** True to keep the connection after the response. */
  isKept?: boolean
}

/** Sends a request like a simple client: writes all of it, and only then reads the response. */
async function send({ head, body, isKept }: Sent): Promise<Outcome> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const startedAt = performance.now()
  const outcome: Outcome = {
    status: undefined,
    informational: [],
    head: '',
    error: undefined,
    ms: Number.NaN,
    isEnded: false,
    socket,
  }
  let received = ''
  const answered = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  socket.on('error', (error: NodeJS.ErrnoException) => {
    outcome.error = error.code
  })
  socket.on('close', () => {
    answered.resolve()
    closed.resolve()
  })
  socket.on('end', () => {
    outcome.isEnded = true
    answered.resolve()
    closed.resolve()
  })
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1')
    for (let match = /^HTTP\/1\.1 (\d{3})[\s\S]*?\r\n\r\n/.exec(received); match; ) {
      received = received.slice(match[0].length)
      const status = Number(match[1])
      if (status < 200) outcome.informational.push(status)
      else {
        outcome.status ??= status
        outcome.head ||= match[0]
        outcome.ms = performance.now() - startedAt
        answered.resolve()
      }
      match = /^HTTP\/1\.1 (1\d\d)[\s\S]*?\r\n\r\n/.exec(received)
    }
  })
  await once(socket, 'connect')
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  if (body) {
    if (body.isLate) await answered.promise
    const broken = new Promise((resolve) => socket.once('close', resolve))
    for (let n = 0; n < body.times && !socket.destroyed; n++) {
      if (socket.write(body.chunk)) continue
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), broken])
    }
  }
  await answered.promise
  if (isKept) return outcome
  socket.end()
  await closed.promise
  socket.destroy()
  return outcome
}

const post = (path: string, ...headers: string[]) => [
  `POST ${path} HTTP/1.1`,
  'Host: x',
  'Content-Type: application/json',
  ...headers,
]
const block = Buffer.alloc(65_536, ' ')
const chunk = Buffer.concat([Buffer.from('10000\r\n'), block, Buffer.from('\r\n')])
const isClosing = ({ head }: Outcome) => /\r\nConnection: close\r\n/i.test(head)

describe('413 responses', () => {
  const sizes = [
    { size: 1.5, attempts: 20 },
    { size: 9, attempts: 100 },
    { size: 40, attempts: 8 },
  ]
  const ways = sizes.flatMap(({ size, attempts }): [what: string, attempts: number, make: () => Sent][] => {
    const times = Math.ceil((size * mebibyte) / block.length)
    const length = `Content-Length: ${times * block.length}`
    return [
      [
        `${size} MiB with a length`,
        attempts,
        () => ({ head: post('/auth/token', length), body: { chunk: block, times } }),
      ],
      [
        `${size} MiB with a length, sent after the response`,
        attempts,
        () => ({ head: post('/auth/token', length), body: { chunk: block, times, isLate: true } }),
      ],
      [
        `${size} MiB in chunks`,
        attempts,
        () => ({ head: post('/auth/token', 'Transfer-Encoding: chunked'), body: { chunk, times } }),
      ],
    ]
  })

  test.for<[what: string, attempts: number, make: () => Sent]>(ways)(
    'A client reads the 413: %s, %i times',
    async ([, attempts, make]) => {
      const outcomes: (string | undefined)[] = []
      for (let n = 0; n < attempts; n += 4) {
        const four = await Promise.all(Array.from({ length: 4 }, () => send(make())))
        outcomes.push(...four.map(({ status, error }) => `${status} ${error ?? ''}`))
      }
      expect([...new Set(outcomes)]).toEqual(['413 '])
    },
  )

  test('The 413 arrives before the body and during it', async () => {
    const outcome = await send({ head: post('/auth/token', `Content-Length: ${2 * mebibyte}`) })
    expect(outcome.status).toBe(413)
    expect(outcome.ms).toBeLessThan(5000)
    const endless = connect(port, '127.0.0.1')
    endless.write(`${post('/auth/token', 'Transfer-Encoding: chunked').join('\r\n')}\r\n\r\n`)
    endless.write(Buffer.concat(Array(17).fill(chunk)))
    const [bytes] = await once(endless, 'data')
    expect(String(bytes)).toMatch(/^HTTP\/1\.1 413 /)
    endless.destroy()
  })

  test('Python reads the 413, also with a body that is too long to keep the connection', async () => {
    const program = `
import http.client, socket, sys
bad = 0
for n in range(60):
    c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=20)
    size = (2, 9, 30)[n % 3] * 1024 * 1024
    try:
        if n % 2:
            c.request('POST', '/auth/token', body=iter([b' ' * 65536] * (size // 65536)), headers={'Content-Type': 'application/json'}, encode_chunked=True)
        else:
            c.request('POST', '/auth/token', body=b' ' * size, headers={'Content-Type': 'application/json'})
        r = c.getresponse()
        if r.status != 413 or b'request.too_large' not in r.read(): bad += 1
    except OSError as e:
        print(n, e); bad += 1
    c.close()
print('bad', bad)
`
    const { stdout } = await promisify(execFile)('python3', ['-c', program])
    expect(stdout).toBe('bad 0\n')
  }, 60_000)

  test('fetch reads the 413', async () => {
    for (let n = 0; n < 40; n++) {
      const body = new Uint8Array((n % 2 === 0 ? 2 : 10) * mebibyte)
      const response = await fetch(`${server.url}/auth/token`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        413,
        'request.too_large',
      ])
    }
  })
})

describe('An early response', () => {
  const large = `Content-Length: ${100 * mebibyte}`
  test.for<[string, string[], number]>([
    ['401', post('/posts', large), 401],
    ['401 in chunks', post('/posts', 'Transfer-Encoding: chunked'), 401],
    ['404', post('/nowhere', large), 404],
    ['405', post('/healthz', large), 405],
    ['413', post('/auth/token', large), 413],
    [
      '415',
      ['POST /auth/token HTTP/1.1', 'Host: x', 'Content-Type: text/plain', 'Content-Length: 9000000'],
      415,
    ],
    ['400 for two hosts', post('/posts', 'Host: y', large), 400],
  ])(
    'The early response %s has Connection: close if the body is not read, and closes its side',
    async ([, head, status]) => {
      const outcome = await send({ head, isKept: true })
      expect([outcome.status, isClosing(outcome)]).toEqual([status, true])
      if (!outcome.isEnded) await once(outcome.socket, 'end')
      expect(outcome.error).toBeUndefined()
      outcome.socket.destroy()
    },
  )

  test('The connection is kept if the rest of the body is short, and the next request gets its response', async () => {
    const body = Buffer.alloc(2 * mebibyte, ' ')
    for (const path of ['/auth/token', '/posts', '/nowhere']) {
      const first = await send({ head: post(path, `Content-Length: ${body.length}`), isKept: true })
      expect(isClosing(first)).toBe(false)
      const { socket } = first
      let received = ''
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1')
      })
      socket.write(body)
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      await once(socket, 'end')
      expect(received).toContain('HTTP/1.1 200 OK')
      socket.destroy()
    }
  })

  test('An early response is the last one: later requests on the connection are not executed', async () => {
    const { socket } = await send({ head: post('/auth/token', large), isKept: true })
    let received = ''
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
    })
    socket.end('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3))
    await once(socket, 'close')
    expect(received).not.toContain('HTTP/1.1 200')
  })
})

describe('Expect: 100-continue', () => {
  const expecting = (head: string[]) => [...head, 'Expect: 100-continue']
  const length = 'Content-Length: 46'
  test.for<[number, string[]]>([
    [401, post('/posts', length)],
    [401, post('/posts', 'Transfer-Encoding: chunked')],
    [404, post('/nowhere', length)],
    [405, post('/healthz', length)],
    [413, post('/auth/token', `Content-Length: ${2 * mebibyte}`)],
    [415, ['POST /auth/token HTTP/1.1', 'Host: x', 'Content-Type: text/plain', length]],
    [415, ['POST /auth/token HTTP/1.1', 'Host: x', 'Content-Type: text/plain', 'Transfer-Encoding: chunked']],
    [415, post('/auth/token', length, 'Content-Encoding: gzip')],
    [406, post('/auth/token', length, 'Accept: text/html')],
  ])('Expect: 100-continue gets %i at once if the headers decide it, and no 100', async ([status, head]) => {
    const outcome = await send({ head: expecting(head), isKept: true })
    expect([outcome.status, outcome.informational, isClosing(outcome)]).toEqual([status, [], true])
    outcome.socket.destroy()
  })

  test('Expect: 100-continue gets 100 if the body is needed, and then the final status', async () => {
    const body = JSON.stringify({ username: 'nobody', password: 'wrong password' })
    for (const [framing, sent] of [
      [`Content-Length: ${body.length}`, body],
      ['Transfer-Encoding: chunked', `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    ] as const) {
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1')
        if (received === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(sent)
      })
      socket.write(`${expecting(post('/auth/token', framing, 'Connection: close')).join('\r\n')}\r\n\r\n`)
      await once(socket, 'close')
      expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 401 /)
      expect(received).toContain('auth.bad_credentials')
    }
  })

  test('curl gets one status', async () => {
    const { stdout } = await promisify(execFile)('curl', [
      ...['-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_upload}', '-X', 'POST'],
      ...['-H', 'Expect: 100-continue', '-H', 'Content-Type: application/json'],
      ...['--data-binary', ' '.repeat(100_000), `${server.url}/posts`],
    ])
    expect(stdout).toBe('401 0')
  })
})

describe('pages of CORS_ORIGINS', () => {
  const many = Array.from({ length: 101 }, (_, n) => `X-${n}: 1`)
  test.for<[string, string[], number]>([
    ['headers that are too large', [`X: ${'a'.repeat(17_000)}`], 431],
    ['too many headers', many, 431],
    ['a header that cannot be parsed', ['A : b'], 400],
    ['two hosts', ['Host: y'], 400],
    ['a length that is none', ['Content-Length: x'], 400],
  ])('A page can read why a request with %s was refused', async ([, headers, status]) => {
    const head = ['GET /posts HTTP/1.1', 'Host: x', `Origin: ${origin}`, ...headers]
    const outcome = await send({ head })
    expect(outcome.status).toBe(status)
    expect(outcome.head).toContain(`Access-Control-Allow-Origin: ${origin}\r\n`)
    expect(outcome.head).toContain('Access-Control-Allow-Credentials: true\r\n')
    expect(outcome.head).toMatch(/\r\nVary: [^\r]*Origin/)
    const other = await send({ head: head.map((line) => line.replace(origin, 'https://evil.example.com')) })
    expect(other.head).not.toContain('Access-Control-Allow-Origin')
  })

  test('A page can read why an address or host was refused', async () => {
    for (const [target, host] of [
      ['/\\evil', 'x'],
      ['/posts', 'a b'],
    ]) {
      const head = [`GET ${target} HTTP/1.1`, `Host: ${host}`, `Origin: ${origin}`]
      const outcome = await send({ head })
      expect(outcome.status).toBe(400)
      expect(outcome.head.toLowerCase()).toContain(`access-control-allow-origin: ${origin}\r\n`)
    }
  })

  test('A page can read why its headers of many packets were refused', async () => {
    const outcome = await send({
      head: ['GET /posts HTTP/1.1', 'Host: x', `X: ${'a'.repeat(5 * mebibyte)}`],
    })
    expect([outcome.status, outcome.error]).toEqual([431, undefined])
  })
})

test('A probe with a query is served like one without', async () => {
  expect((await fetch(`${server.url}/healthz?cache=${Date.now()}`)).status).toBe(200)
})
