import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, logIn } from './faults/service.ts'
import { type Service, start, temporaryFolder } from './process-fixtures/gatepost.ts'
import { startPostgres, type TestPostgres } from './support/postgres.ts'

// Requests that are sent one after the other on one connection, without waiting for answers.

let server: TestPostgres
let service: Service
let token: string
const folder = temporaryFolder()
beforeAll(async () => {
  server = await startPostgres()
  service = await start(folder.path, { DATABASE_URL: server.url })
  token = await logIn(service.url)
}, 60_000)
afterAll(async () => {
  await service?.[Symbol.asyncDispose]()
  await server?.stop()
  await folder[Symbol.asyncDispose]()
})

type Sent = [method: string, path: string, json?: unknown]

/** The answers, as they came. */
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

test('A list has the post that was written before it', async () => {
  for (let round = 0; round < 20; round++) {
    const title = `Title ${round}`
    const answers = await pipeline(
      ['POST', '/posts', { title, body: 'x' }],
      ['GET', '/posts'],
      ['GET', '/posts'],
    )
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['201', '200', '200'])
    for (const list of answers.slice(1)) expect(list).toContain(`"title":"${title}"`)
  }
})

test('Of two changes the second one stays', async () => {
  const id = await newPost()
  for (let round = 0; round < 20; round++) {
    const [first, second] = [`First ${round}`, `Second ${round}`]
    const path = `/posts/${id}`
    const answers = await pipeline(
      ['PATCH', path, { title: first }],
      ['PATCH', path, { title: second }],
      ['GET', path],
    )
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200', '200'])
    expect(answers[2]).toContain(`"title":"${second}"`)
  }
})

test('Many come back complete and in their order', async () => {
  const requests = Array.from(
    { length: 300 },
    (_, n): Sent => ['GET', n % 2 === 0 ? '/posts?limit=1' : '/auth/whoami'],
  )
  const answers = await pipeline(...requests)
  expect(answers).toHaveLength(300)
  for (const [n, answer] of answers.entries())
    expect(answer).toContain(n % 2 === 0 ? '"items"' : '"logged_in_as"')
})

test('Those of a client that has gone are let go', async () => {
  for (let round = 0; round < 50; round++) {
    const socket = connect(service.port, '127.0.0.1').on('error', () => {})
    const request = 'GET /posts HTTP/1.1\r\nHost: x\r\n\r\n'
    socket.write(request.repeat(20))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.resetAndDestroy()
  }
  const inFlight = async () => {
    const response = await fetch(`${service.url}/metrics`)
    return /^http_requests_in_flight (\d+)/m.exec(await response.text())?.[1]
  }
  await expect.poll(inFlight).toBe('1') // this one
})
