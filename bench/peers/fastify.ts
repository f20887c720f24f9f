import { verify } from '@node-rs/bcrypt'
import Fastify from 'fastify'
import { Pool } from 'pg'
import { connections, reportTo, settingsOfPeer, urlOf } from './peer.ts'
import { basicOf, fromCursor, newPost, type Row, sqlOf, subjectOf, tokenFor, toPage, toPost } from './work.ts'

/** The same work on Fastify, pg and native bcrypt, with schemas for input and output: a common fast setup. */
const { databaseUrl, secret } = settingsOfPeer()
const pool = new Pool({ connectionString: databaseUrl, max: connections })
const app = Fastify()

const text = { type: 'string' }
const common = {
  id: { type: 'integer' },
  title: text,
  tags: { type: 'array', items: text },
  status: text,
  author: {
    type: 'object',
    properties: { id: text, username: text, name: { type: 'string', nullable: true } },
  },
  comment_count: { type: 'integer' },
  created_at: { type: 'string', format: 'date-time' },
  updated_at: { type: 'string', format: 'date-time' },
  published_at: { type: 'string', format: 'date-time', nullable: true },
}
const Post = { type: 'object', properties: { ...common, body: text } }
const PostPage = {
  type: 'object',
  properties: {
    items: { type: 'array', items: { type: 'object', properties: { ...common, excerpt: text } } },
    next_cursor: { type: 'string', nullable: true },
  },
}
const CreatePost = {
  type: 'object',
  required: ['title', 'body'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200 },
    body: { type: 'string', minLength: 1, maxLength: 100_000 },
    tags: { type: 'array', maxItems: 10, items: { type: 'string', minLength: 1, maxLength: 32 } },
  },
}

async function query(name: keyof typeof sqlOf, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await pool.query({ name, text: sqlOf[name], values })
  return rows
}

app.get(
  '/healthz',
  { schema: { response: { 200: { type: 'object', properties: { status: text } } } } },
  async () => ({ status: 'ok' }),
)

app.get<{ Querystring: { cursor?: string } }>(
  '/posts',
  { schema: { querystring: { type: 'object', properties: { cursor: text } }, response: { 200: PostPage } } },
  async ({ query: { cursor } }, reply) => {
    if (cursor === undefined) return toPage(await query('list'))
    const position = fromCursor(cursor)
    return position ? toPage(await query('listAfter', position)) : reply.code(422).send()
  },
)

app.get<{ Params: { id: number } }>(
  '/posts/:id',
  {
    schema: {
      params: { type: 'object', properties: { id: { type: 'integer' } } },
      response: { 200: Post },
    },
  },
  async (request, reply) => {
    if (!subjectOf(request.headers.authorization, secret)) return reply.code(401).send({ error: 'no token' })
    const [row] = await query('read', [request.params.id])
    return row ? toPost(row) : reply.code(404).send({ error: 'not found' })
  },
)

app.post<{ Body: { title: string; body: string; tags?: string[] } }>(
  '/posts',
  { schema: { body: CreatePost, response: { 201: Post } } },
  async (request, reply) => {
    const subject = subjectOf(request.headers.authorization, secret)
    if (!subject) return reply.code(401).send({ error: 'no token' })
    const { title, body, tags = [] } = request.body
    const [row] = await query('create', newPost(subject, { title, body, tags }))
    return reply.code(201).send(row && toPost(row))
  },
)

app.post('/auth/token', async (request, reply) => {
  const [username, password] = basicOf(request.headers.authorization)
  const { rows } = await pool.query({ name: 'user', text: sqlOf.user, values: [username] })
  const [user] = rows
  const isRight = user && (await verify(password, user.password_hash))
  return isRight ? tokenFor(user.id, secret) : reply.code(401).send()
})

await app.listen({ port: 0, host: '127.0.0.1' })
reportTo(process, urlOf(app.server.address()))
