import { createHmac, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { derivedColumns } from '../../src/posts/search/derived-columns.ts'

/** The work of the hand-written peers, with as little code as possible: no validation library, no problems, no tags. */

const summary = `posts.id::int as id, title, excerpt, tags, status, comment_count, author_id, username, name, posts.created_at,
  posts.updated_at, published_at from posts join users on users.id = author_id`
const order = 'order by published_at desc, posts.id desc limit 21'

export const sqlOf = {
  list: `select ${summary} where status = 'published' ${order}`,
  listAfter: `select ${summary} where status = 'published' and (published_at, posts.id) < ($1::timestamptz, $2::bigint) ${order}`,
  read: `select posts.id::int as id, title, body, tags, status, comment_count, author_id, username, name,
    posts.created_at, posts.updated_at, published_at from posts join users on users.id = author_id where posts.id = $1`,
  create: `insert into posts (author_id, title, body, tags, search, excerpt, tag_keys, search_rules, published_at)
    values ($1, $2, $3, $4, $5::tsvector, $6, $7, $8, now())
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

/**
 * The values for `create`. Words, excerpt and tag keys come from Gatepost's own code: a post without search words would
 * be less work, and a different service.
 */
export function newPost(author: string, post: { title: string; body: string; tags: string[] }): unknown[] {
  const { search, excerpt, tag_keys, search_rules } = derivedColumns(post)
  return [author, post.title, post.body, post.tags, search, excerpt, tag_keys, search_rules]
}

export function toCursor(time: Date | null, id: number): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url')
}

export function fromCursor(cursor: string): [string, number] {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString())
}

/** The subject of a token with a valid signature and expiry; otherwise undefined. */
export function subjectOf(authorization: string | undefined, secret: string): string | undefined {
  const [header, payload, signature] = (authorization ?? '').replace(/^Bearer /, '').split('.')
  if (!header || !payload || !signature) return undefined
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest()
  const sent = Buffer.from(signature, 'base64url')
  if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return undefined
  const { sub, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return exp * 1000 > Date.now() ? sub : undefined
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
