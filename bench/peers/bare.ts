import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import postgres from 'postgres'
import { reportTo, settingsOfPeer, urlOf } from './peer.ts'
import { basicOf, fromCursor, hashing, newPost, type Row, sqlOf, subjectOf, toPage, toPost } from './work.ts'

/** The same work on node:http and postgres.js without a framework. The connections take turns. */
const { databaseUrl, secret } = settingsOfPeer()
const types = { tags: { to: 1009, from: [1009], serialize: writeTags, parse: readTags } }
const clientsInTurn = (count: number) => {
  const clients = Array.from({ length: count }, () =>
    postgres(databaseUrl, { max: 1, fetch_types: false, types }),
  )
  let turn = 0
  return async (text: string, parameters: unknown[] = []) => {
    turn = (turn + 1) % count
    const rows = await clients[turn]?.unsafe(text, parameters as string[], { prepare: true })
    return rows as unknown as Row[]
  }
}
const read = clientsInTurn(4)
const write = clientsInTurn(6)
const hashes = hashing()

const server = createServer((request, response) => {
  handle(request, response).catch((error) => send(response, 500, { error: String(error) }))
})

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '', headers } = request
  if (method === 'GET' && url === '/posts') return send(response, 200, toPage(await read(sqlOf.list)))
  if (method === 'GET' && url.startsWith('/posts?cursor=')) {
    return send(response, 200, toPage(await read(sqlOf.listAfter, fromCursor(url.slice(14)))))
  }
  if (method === 'POST' && url === '/auth/token') return logIn(request, response)
  const subject = subjectOf(headers.authorization, secret)
  if (!subject) return send(response, 401, { error: 'no token' })
  if (method === 'GET') {
    const [row] = await read(sqlOf.read, [url.slice('/posts/'.length)])
    return row ? send(response, 200, toPost(row)) : send(response, 404, { error: 'not found' })
  }
  const { title, body, tags = [] } = JSON.parse(await textOf(request))
  if (typeof title !== 'string' || typeof body !== 'string') return send(response, 422, { error: 'invalid' })
  const [row] = await write(sqlOf.create, newPost(subject, { title, body, tags }))
  if (row) send(response, 201, toPost(row))
}

async function logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [username, password] = basicOf(request.headers.authorization)
  const [user] = (await read(sqlOf.user, [username])) as unknown as [{ id: string; password_hash: string }]
  const isRight = await hashes.run({ password, hash: user.password_hash })
  send(response, isRight ? 200 : 401, { access_token: 'a token' })
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

/** The tags of the demo data contain only plain words. */
function readTags(text: string): string[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',')
}

function writeTags(tags: string[]): string {
  return `{${tags.join(',')}}`
}

server.listen(0, '127.0.0.1', () => reportTo(process, urlOf(server.address())))
