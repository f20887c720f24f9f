import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Contract, createContract } from '../support/contract.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { exchange } from './fixtures/raw-http.ts'

// Bytes that no HTTP client sends, written directly to the connection.

let server: TestServer
let port: number
let contract: Contract

beforeAll(async () => {
  server = await startServer()
  port = Number(new URL(server.url).port)
  const document = await fetch(`${server.url}/openapi.json`)
  contract = createContract((await document.json()) as object)
})
afterAll(() => server?.stop())

const get = (target: string, ...headers: string[]) => lines(`GET ${target} HTTP/1.1`, 'Host: x', ...headers)
const close = 'Connection: close'
const json = 'Content-Type: application/json'
const logIn = (...headers: string[]) => lines('POST /auth/token HTTP/1.1', 'Host: x', json, ...headers)
const manyHeaders = (count: number) => Array.from({ length: count }, (_, n) => `X-${n}: 1`)

function lines(...all: string[]) {
  return `${all.join('\r\n')}\r\n\r\n`
}

/** Sends the bytes, reads until the server closes the connection, and checks every response against the document. */
async function send(request: string, { method = 'GET', path = '/posts' } = {}) {
  const responses = await exchange(port, Buffer.from(request, 'latin1'), 10_000)
  for (const { status, headers, body } of responses) contract.check({ method, path, status, headers, body })
  return responses.map(({ status, body }) => [status, body === '' ? '' : JSON.parse(body).code])
}

afterAll(async () => {
  const alive = await fetch(`${server.url}/readyz`)
  expect(alive.status).toBe(200)
  expect(server.log()).not.toMatch(/service\.failure|"level":50/)
})

describe('bytes that are not a request', () => {
  test.for<[string, string]>([
    ['garbage', 'garbage\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /posts\r\n\r\n'],
    ['a method in lower case', lines('get /posts HTTP/1.1', 'Host: x')],
    ['a method that nobody knows', lines('BREW /posts HTTP/1.1', 'Host: x')],
    ['a blank before the colon', get('/posts', 'A : b')],
    ['a folded header', get('/posts', 'A: b', ' c')],
    ['a NUL in a header', get('/posts', 'A: b\0c')],
    ['a CR in a header', get('/posts', 'A: b\rc')],
    ['line feeds alone', 'GET /posts HTTP/1.1\nHost: x\n\n'],
    ['a NUL in the address', get('/po\0sts')],
    ['Latin-1 in the address', get('/posts?q=\xe9')],
  ])('Bytes that are not a request get a 400: %s', async ([, request]) => {
    expect(await send(request)).toEqual([[400, 'request.malformed']])
  })
})

describe('invalid addresses', () => {
  test.for(['posts', '*', '?q=1', '@evil.example/', 'http://', 'ftp://x/posts', '/\\evil.example'])(
    'The invalid address %s gets a 400',
    async (target) => {
      expect(await send(get(target, close))).toEqual([[400, 'request.malformed']])
    },
  )
})

test('OPTIONS * is refused, since it has no path', async () => {
  expect(await send(lines('OPTIONS * HTTP/1.1', 'Host: x', close))).toEqual([[400, 'request.malformed']])
})

describe('the host', () => {
  test.for(['a b', 'u@h', 'a?b', 'a/b', 'ex%41mple', 'a:99999', '[::1'])(
    'The host "%s" gets a 400',
    async (host) => {
      const request = lines('GET /posts HTTP/1.1', `Host: ${host}`, close)
      expect(await send(request)).toEqual([[400, 'request.malformed']])
    },
  )

  test('A missing or repeated host gets a 400', async () => {
    expect(await send(lines('GET /posts HTTP/1.1', close))).toEqual([[400, 'request.malformed']])
    expect(await send(get('/posts', 'Host: y', close))).toEqual([[400, 'request.malformed']])
  })

  test('The host is optional in HTTP/1.0', async () => {
    expect(await send(lines('GET /posts HTTP/1.0'))).toEqual([[200, undefined]])
  })

  test('The host in an absolute URL takes precedence', async () => {
    const healthz = { path: '/healthz' }
    expect(await send(get('http://other.example/healthz', close), healthz)).toEqual([[200, undefined]])
  })
})

describe('headers', () => {
  test('Headers beyond 16 KiB get a 431', async () => {
    const response = [[431, 'request.headers_too_large']]
    expect(await send(get('/posts', `X: ${'a'.repeat(17_000)}`))).toEqual(response)
    expect(await send(get(`/posts?q=${'a'.repeat(17_000)}`))).toEqual(response)
  })

  test.for([101, 3000])('A request with %i headers gets a 431', async (count) => {
    const short = Array.from({ length: count - 2 }, () => 'A:')
    expect(await send(get('/posts', ...short, close))).toEqual([[431, 'request.headers_too_large']])
  })

  test('A request with 100 headers is accepted', async () => {
    expect(await send(get('/posts', ...manyHeaders(98), close))).toEqual([[200, undefined]])
  })

  test('HEAD with headers beyond the limit gets a 431 without a body', async () => {
    const request = lines('HEAD /posts HTTP/1.1', 'Host: x', ...manyHeaders(101))
    expect(await send(request, { method: 'HEAD' })).toEqual([[431, '']])
  })

  test('An unknown expectation is ignored', async () => {
    const path = '/auth/token'
    const unknown = logIn('Expect: nonsense', 'Content-Length: 2', close)
    expect(await send(`${unknown}{}`, { method: 'POST', path })).toEqual([[422, 'request.invalid']])
  })

  test('A switch to another protocol is ignored', async () => {
    const upgrade = get('/healthz', 'Connection: Upgrade, close', 'Upgrade: websocket')
    expect(await send(upgrade, { path: '/healthz' })).toEqual([[200, undefined]])
  })
})

describe('methods', () => {
  test.for(['TRACE', 'PROPFIND', 'QUERY'])('The method %s gets a 405', async (method) => {
    const request = lines(`${method} /posts HTTP/1.1`, 'Host: x', close)
    expect(await send(request, { method })).toEqual([[405, 'route.method_not_allowed']])
  })

  test('CONNECT closes the connection', async () => {
    expect(await send(lines('CONNECT other.example:443 HTTP/1.1', 'Host: x'))).toEqual([])
  })
})

describe('the length of a body', () => {
  const path = '/auth/token'
  test.for<[what: string, ...headers: string[]]>([
    ['there twice', 'Content-Length: 2', 'Content-Length: 2'],
    ['there twice and different', 'Content-Length: 2', 'Content-Length: 3'],
    ['negative', 'Content-Length: -2'],
    ['beyond all numbers', `Content-Length: ${'9'.repeat(30)}`],
    ['given in two ways', 'Content-Length: 2', 'Transfer-Encoding: chunked'],
    ['given in no way that anybody knows', 'Transfer-Encoding: gzip'],
  ])('A length that is %s gets a 400', async ([, ...headers]) => {
    expect(await send(`${logIn(...headers)}{}`, { method: 'POST', path })).toEqual([
      [400, 'request.malformed'],
    ])
  })

  test('A length of a chunk that is not a number gets a 400', async () => {
    const request = `${logIn('Transfer-Encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`
    expect(await send(request, { method: 'POST', path })).toEqual([[400, 'request.malformed']])
  })

  test('A length beyond the limit gets a 413 without waiting for the body', async () => {
    expect(await send(logIn('Content-Length: 9999999999'), { method: 'POST', path })).toEqual([
      [413, 'request.too_large'],
    ])
  })

  test('Chunks beyond the limit get a 413', async () => {
    const chunks = `10000\r\n${' '.repeat(0x10000)}\r\n`.repeat(20)
    const request = `${logIn('Transfer-Encoding: chunked', close)}${chunks}0\r\n\r\n`
    expect(await send(request, { method: 'POST', path })).toEqual([[413, 'request.too_large']])
  })

  test('An endless body is not read for ever', async () => {
    const chunks = `10000\r\n${' '.repeat(0x10000)}\r\n`.repeat(400)
    const startedAt = performance.now()
    const responses = await send(logIn('Transfer-Encoding: chunked') + chunks, { method: 'POST', path })
    expect(responses).toEqual([[413, 'request.too_large']])
    expect(performance.now() - startedAt).toBeLessThan(9000) // less than the time after which the test would close the connection
  })

  test('Chunks within the limit are read, and trailers are ignored', async () => {
    const request = `${logIn('Transfer-Encoding: chunked', close)}2\r\n{}\r\n0\r\nX: y\r\n\r\n`
    expect(await send(request, { method: 'POST', path })).toEqual([[422, 'request.invalid']])
  })
})

test('Pipelined requests get their responses in order', async () => {
  const healthz = { path: '/healthz' }
  const two = get('/healthz') + get('/healthz', close)
  expect(await send(two, healthz)).toEqual([
    [200, undefined],
    [200, undefined],
  ])
})

test('Invalid bytes during a response end the connection, without a second response inside it', async () => {
  // The document is larger than the buffers of the connection, so the client cannot have read all of it yet.
  const responses = await exchange(port, `${get('/openapi.json')}garbage\r\n\r\n`, 10_000)
  expect(responses.map(({ status }) => status)).not.toContain(undefined)
  expect(responses.length).toBeLessThanOrEqual(1)
})
