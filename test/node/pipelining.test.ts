import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boundedListener } from '../../src/node/bounded-listener.ts'
import { call, logIn } from '../faults/service.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { type Service, start, temporaryFolder } from './fixtures/gatepost.ts'

// Requests that are sent one after the other on one connection, without waiting for responses.

let server: TestPostgres
let service: Service
let token: string
const folder = temporaryFolder()
beforeAll(async () => {
  server = await sharePostgres()
  service = await start(folder.path, { DATABASE_URL: server.url })
  token = await logIn(service.url)
}, 60_000)
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await server?.stop()
  await folder[Symbol.asyncDispose]()
})

type Sent = [method: string, path: string, json?: unknown]

/** The responses, in order of arrival. */
async function pipeline(...requests: Sent[]): Promise<string[]> {
  const bytes = requests.map(([method, path, json], index) => {
    const body = json === undefined ? '' : JSON.stringify(json)
    const headers = [
      'Host: x',
      `Authorization: Bearer ${token}`,
      ...(json === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]),
      ...(index === requests.length - 1 ? ['Connection: close'] : []),
    ]
    return `${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body}`
  })
  const socket = connect(service.port, '127.0.0.1')
  socket.write(bytes.join(''))
  return (await text(socket)).split(/(?=HTTP\/1\.1 \d)/)
}

const newPost = async () =>
  (await call(service.url, { path: '/posts', token, json: { title: 'A title', body: 'A text.' } })).json.id

test('A list contains the post that was written by the previous request', async () => {
  for (let round = 0; round < 20; round++) {
    const title = `Title ${round}`
    const responses = await pipeline(
      ['POST', '/posts', { title, body: 'x' }],
      ['GET', '/posts'],
      ['GET', '/posts'],
    )
    expect(responses.map((response) => response.slice(9, 12))).toEqual(['201', '200', '200'])
    for (const list of responses.slice(1)) expect(list).toContain(`"title":"${title}"`)
  }
})

test('The second of two changes wins', async () => {
  const id = await newPost()
  for (let round = 0; round < 20; round++) {
    const [first, second] = [`First ${round}`, `Second ${round}`]
    const path = `/posts/${id}`
    const responses = await pipeline(
      ['PATCH', path, { title: first }],
      ['PATCH', path, { title: second }],
      ['GET', path],
    )
    expect(responses.map((response) => response.slice(9, 12))).toEqual(['200', '200', '200'])
    expect(responses[2]).toContain(`"title":"${second}"`)
  }
})

test('Many responses come complete and in order', async () => {
  const requests = Array.from(
    { length: 100 },
    (_, n): Sent => ['GET', n % 2 === 0 ? '/posts?limit=1' : '/auth/whoami'],
  )
  const responses = await pipeline(...requests)
  expect(responses).toHaveLength(100)
  for (const [n, response] of responses.entries())
    expect(response).toContain(n % 2 === 0 ? '"items"' : '"logged_in_as"')
})

test('More than a hundred waiting requests are refused, and not queued without a limit', async () => {
  const { listener, port, begun, finish } = await startBlockedServer()
  const socket = connect(port, '127.0.0.1')
  const responses = text(socket)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50_000))
  await expect.poll(begun).toBeGreaterThan(100)
  await settled(begun)
  expect(begun()).toBeLessThan(10_000)
  finish()
  await expect.poll(() => socket.bytesRead).toBeGreaterThan(0)
  socket.end()
  const statuses = (await responses).match(/(?<=HTTP\/1\.1 )\d+/g) ?? []
  expect(statuses.slice(0, 101)).toEqual(Array(101).fill('204'))
  expect(statuses[101]).toBe('503')
  listener.close()
})

test('Requests of a client that has disconnected are dropped', async () => {
  const { listener, port, begun, ended, finish } = await startBlockedServer()
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20))
  await expect.poll(begun).toBe(20)
  socket.resetAndDestroy()
  await expect.poll(ended).toBe(19) // all but the running one
  finish()
  await expect.poll(ended).toBe(20)
  listener.close()
})

/** A server whose first response waits for `finish`. It counts the requests that have begun and ended. */
async function startBlockedServer() {
  const { promise, resolve: finish } = Promise.withResolvers<void>()
  let begun = 0
  let ended = 0
  const handle = boundedListener(1000, async (_, response) => {
    await promise
    response.writeHead(204).end()
  })
  const listener = createServer(async (request, response) => {
    begun++
    await handle(request, response)
    ended++
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return { listener, port, finish, begun: () => begun, ended: () => ended }
}

/** Waits until the number stops changing. */
async function settled(number: () => number) {
  let before = Number.NaN
  const isSame = () => {
    const same = number() === before
    before = number()
    return same
  }
  await expect.poll(isSame, { interval: 200 }).toBe(true)
}
