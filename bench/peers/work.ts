import { createHmac, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'

// Shared by the peers: statements, conversion of rows, cursors and tokens.

const summary = `posts.id::int as id, title, excerpt, tags, status, comment_count, author_id, username, name, posts.created_at,
  posts.updated_at, published_at from posts join users on users.id = author_id`
const order = 'order by published_at desc, posts.id desc limit 21'

export const sqlOf = {
  list: `select ${summary} where status = 'published' ${order}`,
  listAfter: `select ${summary} where status = 'published' and (published_at, posts.id) < ($1::timestamptz, $2::bigint) ${order}`,
  read: `select posts.id::int as id, title, body, tags, status, comment_count, author_id, username, name,
    posts.created_at, posts.updated_at, published_at from posts join users on users.id = author_id where posts.id = $1`,
  // No search words: only Gatepost has them, and the aims of the row allow for their cost.
  create: `insert into posts (author_id, title, body, tags, excerpt, tag_keys, search_rules, published_at)
    values ($1, $2, $3, $4, $5, $4, 1, now())
    returning id::int as id, title, body, tags, status, comment_count, author_id,
    (select username from users where users.id = author_id), (select name from users where users.id = author_id),
    created_at, updated_at, published_at`,
  user: 'select id, password_hash from users where username = $1',
}

export interface Row {
  id: number
  title: string
  body: string
  excerpt: string
  tags: string[]
  status: string
  comment_count: number
  author_id: string
  username: string
  name: string | null
  created_at: Date
  updated_at: Date
  published_at: Date | null
}

export function toPage(rows: Row[]) {
  const last = rows.length > 20 ? rows[19] : undefined
  const items = rows.slice(0, 20).map((row) => ({ ...common(row), excerpt: row.excerpt }))
  return { items, next_cursor: last ? toCursor(last.published_at, last.id) : null }
}

export function toPost(row: Row) {
  return { ...common(row), body: row.body }
}

function common(row: Row) {
  return {
    id: row.id,
    title: row.title,
    tags: row.tags,
    status: row.status,
    author: { id: row.author_id, username: row.username, name: row.name },
    comment_count: row.comment_count,
    created_at: row.created_at,
    updated_at: row.updated_at,
    published_at: row.published_at,
  }
}

/** The values for `create`. */
export function newPost(author: string, post: { title: string; body: string; tags: string[] }): unknown[] {
  return [author, post.title, post.body, post.tags, post.body.slice(0, 200)]
}

/** A cursor in the format of Gatepost, but without a signature. */
export function toCursor(time: Date | null, id: number): string {
  return `${Buffer.from(JSON.stringify([time, id])).toString('base64url')}.`
}

/** The position in a cursor, signed or not; undefined for an invalid cursor. */
export function fromCursor(cursor: string): [time: string, id: number] | undefined {
  try {
    const [time, id] = JSON.parse(Buffer.from(cursor.split('.', 1)[0] ?? '', 'base64url').toString())
    return Number.isSafeInteger(id) && !Number.isNaN(Date.parse(time)) ? [time, id] : undefined
  } catch {
    return undefined
  }
}

/** The subject of a token with a valid signature and expiry; otherwise undefined. */
export function subjectOf(authorization: string | undefined, secret: string): string | undefined {
  const [header, payload, signature] = (authorization ?? '').replace(/^Bearer /, '').split('.')
  if (!header || !payload || !signature) return undefined
  const expected = macOf(`${header}.${payload}`, secret)
  const sent = Buffer.from(signature, 'base64url')
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return undefined
  const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return exp * 1000 > Date.now() ? sub : undefined
}

/** The response body for a log-in. */
export function tokenFor(sub: string, secret: string) {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256' })}.${part({ sub, exp: Math.floor(Date.now() / 1000) + 900 })}`
  return { access_token: `${signed}.${macOf(signed, secret).toString('base64url')}` }
}

function macOf(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

/** bcryptjs in one thread per core. */
export const hashing = () =>
  new Piscina<{ password: string; hash: string }, boolean>({
    filename: new URL('compare.ts', import.meta.url).href,
    maxThreads: availableParallelism(),
  })

export function basicOf(authorization = ''): [string, string] {
  const text = Buffer.from(authorization.slice('Basic '.length), 'base64').toString()
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}
