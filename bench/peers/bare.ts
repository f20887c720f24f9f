import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import postgres from 'postgres'
import { connections, reportTo, settingsOfPeer, urlOf } from './peer.ts'
import {
  basicOf,
  fromCursor,
  hashing,
  newPost,
  type Row,
  sqlOf,
  subjectOf,
  tokenFor,
  toPage,
  toPost,
} from './work.ts'

/** The same work on node:http and postgres.js without a framework. The single-connection clients take turns. */
const { databaseUrl, secret } = settingsOfPeer()
const types = { tags: { to: 1009, from: [1009], serialize: writeTags, parse: readTags } }
const clients = Array.from({ length: connections }, () =>
  postgres(databaseUrl, { max: 1, fetch_types: false, types }),
)
let turn = 0
async function query<R = Row>(text: string, parameters: unknown[] = []): Promise<R[]> {
  turn = (turn + 1) % clients.length
  const rows = await clients[turn]?.unsafe(text, parameters as string[], { prepare: true })
  return rows as unknown as R[]
}
const hashes = hashing()

const server = createServer((request, response) => {
  handle(request, response).catch((error) => send(response, 500, { error: String(error) }))
})

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '', headers } = request
  if (method === 'GET' && url === '/healthz') return send(response, 200, { status: 'ok' })
  if (method === 'GET' && url === '/posts') return send(response, 200, toPage(await query(sqlOf.list)))
  if (method === 'GET' && url.startsWith('/posts?cursor=')) {
    const position = fromCursor(url.slice('/posts?cursor='.length))
    if (!position) return send(response, 422, { error: 'invalid' })
    return send(response, 200, toPage(await query(sqlOf.listAfter, position)))
  }
  if (method === 'POST' && url === '/auth/token') return logIn(request, response)
  const subject = subjectOf(headers.authorization, secret)
  if (!subject) return send(response, 401, { error: 'no token' })
  return method === 'GET' ? read(url, response) : create(subject, request, response)
}

async function read(url: string, response: ServerResponse): Promise<void> {
  const id = url.slice('/posts/'.length)
  if (!/^[1-9]\d{0,15}$/.test(id)) return send(response, 422, { error: 'invalid' })
  const [row] = await query(sqlOf.read, [id])
  return row ? send(response, 200, toPost(row)) : send(response, 404, { error: 'not found' })
}

async function create(subject: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { title, body, tags = [] } = JSON.parse(await textOf(request))
  const isValid = isText(title, 200) && isText(body, 100_000) && Array.isArray(tags) && tags.length <= 10
  if (!isValid || !tags.every((tag) => isText(tag, 32))) return send(response, 422, { error: 'invalid' })
  const [row] = await query(sqlOf.create, newPost(subject, { title, body, tags }))
  if (row) send(response, 201, toPost(row))
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= most
}

async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [username, password] = basicOf(request.headers.authorization)
  const [user] = await query<{ id: string; password_hash: string }>(sqlOf.user, [username])
  const isRight = user && (await hashes.run({ password, hash: user.password_hash }))
  if (!isRight) return send(response, 401, { error: 'wrong' })
  send(response, 200, tokenFor(user.id, secret))
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  })
  response.end(text)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** The tags of the benchmark contain only plain words. */
function readTags(text: string): string[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',')
}

function writeTags(tags: string[]): string {
  return `{${tags.join(',')}}`
}

server.listen(0, '127.0.0.1', () => reportTo(process, urlOf(server.address())))
