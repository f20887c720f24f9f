import { serve } from '@hono/node-server'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { and, desc, eq, sql } from 'drizzle-orm'
import { bigint, integer, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { sign, verify } from 'hono/jwt'
import postgres from 'postgres'
import { connections, reportTo, settingsOfPeer } from './peer.ts'
import { basicOf, fromCursor, hashing, toCursor } from './work.ts'

// The same work on Gatepost's own stack, as a good engineer writes it in a day: Hono, zod-openapi, prepared statements of
// Drizzle, hono/jwt.

const { databaseUrl, secret } = settingsOfPeer()
const client = postgres(databaseUrl, { max: connections })
const db = drizzle({ client })
const hashes = hashing()
const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('raw', Buffer.from(secret), algorithm, false, ['sign', 'verify'])

const users = pgTable('users', {
  id: uuid().primaryKey(),
  username: text().notNull(),
  name: text(),
  passwordHash: text('password_hash').notNull(),
})

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
const posts = pgTable('posts', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  authorId: uuid('author_id').notNull(),
  title: text().notNull(),
  body: text().notNull(),
  excerpt: text().notNull(),
  tags: text().array().notNull(),
  tagKeys: text('tag_keys').array().notNull(),
  searchRules: smallint('search_rules'),
  status: text({ enum: ['draft', 'published'] }).notNull(),
  commentCount: integer('comment_count').notNull(),
  createdAt: moment('created_at').notNull(),
  updatedAt: moment('updated_at').notNull(),
  publishedAt: moment('published_at'),
})

const common = {
  id: posts.id,
  title: posts.title,
  tags: posts.tags,
  status: posts.status,
  author: { id: users.id, username: users.username, name: users.name },
  comment_count: posts.commentCount,
  created_at: posts.createdAt,
  updated_at: posts.updatedAt,
  published_at: posts.publishedAt,
}
const isPublished = sql`${posts.status} = 'published'`
const page = (condition: ReturnType<typeof and>) =>
  db
    .select({ ...common, excerpt: posts.excerpt })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(condition)
    .orderBy(desc(posts.publishedAt), desc(posts.id))
    .limit(21)
const newest = page(isPublished).prepare('newest')
const position = sql`(${sql.placeholder('time')}::timestamptz, ${sql.placeholder('id')}::bigint)`
const next = page(and(isPublished, sql`(${posts.publishedAt}, ${posts.id}) < ${position}`)).prepare('next')
const postById = db
  .select({ ...common, body: posts.body })
  .from(posts)
  .innerJoin(users, eq(users.id, posts.authorId))
  .where(eq(posts.id, sql.placeholder('id')))
  .prepare('post')
const userByName = db
  .select()
  .from(users)
  .where(eq(users.username, sql.placeholder('username')))
  .prepare('user')

const Author = z.object({ id: z.uuid(), username: z.string(), name: z.string().nullable() })
const fields = {
  id: z.int(),
  title: z.string(),
  tags: z.array(z.string()),
  status: z.enum(['draft', 'published']),
  author: Author,
  comment_count: z.int(),
  created_at: z.date(),
  updated_at: z.date(),
  published_at: z.date().nullable(),
}
const Post = z.object({ ...fields, body: z.string() }).openapi('Post')
const PostPage = z
  .object({
    items: z.array(z.object({ ...fields, excerpt: z.string() })),
    next_cursor: z.string().nullable(),
  })
  .openapi('PostPage')
const CreatePost = z
  .strictObject({
    title: z.string().min(1).max(200),
    body: z.string().min(1).max(100_000),
    tags: z.array(z.string().min(1).max(32)).max(10).default([]),
  })
  .openapi('CreatePost')

interface Env {
  Variables: { user: string }
}

const app = new OpenAPIHono<Env>({
  defaultHook: (result, c) => (result.success ? undefined : c.json({ error: 'invalid' }, 422)),
})
const json = <T extends z.ZodType>(schema: T) => ({
  description: 'Fine.',
  content: { 'application/json': { schema } },
})

const authenticate = async (c: Context<Env>, next: () => Promise<void>) => {
  const [, token] = /^Bearer (.+)$/.exec(c.req.header('Authorization') ?? '') ?? []
  if (token === undefined) throw new HTTPException(401)
  const { sub } = await verify(token, key, 'HS256').catch(() => {
    throw new HTTPException(401)
  })
  c.set('user', String(sub))
  await next()
}

app.openapi(
  createRoute({
    method: 'get',
    path: '/healthz',
    responses: { 200: json(z.object({ status: z.literal('ok') })) },
  }),
  (c) => c.json({ status: 'ok' as const }, 200),
)

const limit = 20
app.openapi(
  createRoute({
    method: 'get',
    path: '/posts',
    request: { query: z.strictObject({ cursor: z.string().max(512).optional() }) },
    responses: { 200: json(PostPage) },
  }),
  async (c) => {
    const { cursor } = c.req.valid('query')
    const after = cursor === undefined ? undefined : fromCursor(cursor)
    if (cursor !== undefined && after === undefined) throw new HTTPException(422)
    const rows = after ? await next.execute({ time: after[0], id: after[1] }) : await newest.execute()
    const last = rows.length > limit ? rows[limit - 1] : undefined
    const next_cursor = last ? toCursor(last.published_at, last.id) : null
    return c.json({ items: rows.slice(0, limit), next_cursor }, 200)
  },
)

app.openapi(
  createRoute({
    method: 'get',
    path: '/posts/{id}',
    middleware: [authenticate] as const,
    request: { params: z.object({ id: z.coerce.number().int().positive() }) },
    responses: { 200: json(Post), 404: { description: 'No such post.' } },
  }),
  async (c) => {
    const [post] = await postById.execute({ id: c.req.valid('param').id })
    return post ? c.json(post, 200) : c.notFound()
  },
)

const insertPost = db
  .insert(posts)
  .values({
    authorId: sql.placeholder('user'),
    title: sql.placeholder('title'),
    body: sql.placeholder('body'),
    excerpt: sql.placeholder('excerpt'),
    tags: sql.placeholder('tags'),
    tagKeys: sql.placeholder('tags'),
    searchRules: sql.raw('1'),
    status: sql.raw(`'published'`),
    commentCount: sql.raw('0'),
    createdAt: sql`now()`,
    updatedAt: sql`now()`,
    publishedAt: sql`now()`,
  })
  .returning({
    ...common,
    author: sql<{ id: string; username: string; name: string | null }>`(
      select json_build_object('id', id, 'username', username, 'name', name) from users where users.id = ${posts.authorId})`,
    body: posts.body,
  })
  .prepare('insert_post')

app.openapi(
  createRoute({
    method: 'post',
    path: '/posts',
    middleware: [authenticate] as const,
    request: { body: { required: true, content: { 'application/json': { schema: CreatePost } } } },
    responses: { 201: json(Post), 401: { description: 'The author is gone.' } },
  }),
  async (c) => {
    const post = c.req.valid('json')
    const values = { ...post, user: c.get('user'), excerpt: post.body.slice(0, 200) }
    const [row] = await insertPost.execute(values)
    return row ? c.json(row, 201) : c.body(null, 401)
  },
)

app.post('/auth/token', async (c) => {
  const [username, password] = basicOf(c.req.header('Authorization'))
  const [user] = await userByName.execute({ username })
  const isRight = user && (await hashes.run({ password, hash: user.passwordHash }))
  if (!isRight) return c.json({ error: 'wrong' }, 401)
  const exp = Math.floor(Date.now() / 1000) + 900
  return c.json({ access_token: await sign({ sub: user.id, exp }, key, 'HS256') }, 200)
})

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  reportTo(process, `http://127.0.0.1:${port}`),
)
