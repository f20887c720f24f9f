import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listComments } from '../src/comments/comments.service.ts'
import type { Database } from '../src/db/client.ts'
import { migrate } from '../src/db/migrate.ts'
import { listOwnPosts, listPosts } from '../src/posts/posts.lists.ts'
import { readPost } from '../src/posts/posts.service.ts'
import { listRevisions } from '../src/posts/revisions.service.ts'
import { sharePostgres, type TestPostgres } from './support/postgres.ts'

// Looks at the plan of every list: none may read or sort the whole table, however large it grows.

const rows = 30_000
let server: TestPostgres
let sql: postgres.Sql
let db: Database
let asked: { query: string; params: unknown[] }[] = []

beforeAll(async () => {
  server = await sharePostgres()
  await migrate({ url: server.url })
  sql = postgres(server.url, { max: 1, onnotice: () => {} })
  db = drizzle(sql, { logger: { logQuery: (query, params) => asked.push({ query, params }) } })
  await sql`
    insert into users (id, username, email, password_hash)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n, 'user' || n || '@example.com', 'x'
    from generate_series(1, 300) n`
  await sql`
    insert into posts (author_id, title, body, tags, created_at, updated_at, published_at)
    select ('00000000-0000-7000-8000-' || lpad((n % 300 + 1)::text, 12, '0'))::uuid, 'Title ' || n,
      'common ' || case when n % 1000 = 0 then 'rare' else 'text' end || ' number ' || n, array['t' || n % 100],
      at, at, at
    from generate_series(1, ${rows}) n, lateral (select now() - (${rows} - n) * interval '1 minute') as time (at)`
  await sql`insert into comments (post_id, author_id, body)
    select n % 3000 + 1, '00000000-0000-7000-8000-000000000001', 'C' from generate_series(1, 10000) n`
  await sql`vacuum analyze` // as autovacuum does
})

afterAll(async () => {
  await sql?.end()
  await server?.stop()
})

const reader = {
  id: '00000000-0000-7000-8000-000000000001',
  role: 'admin',
  sessionId: crypto.randomUUID(),
} as const
const somewhere: [string, number] = [new Date(Date.now() - 15_000 * 60_000).toISOString(), 15_000]
const page = { sort: 'newest', limit: 21 } as const

const lists: [string, () => Promise<unknown>][] = [
  ['the newest posts', () => listPosts(db, page)],
  ['the newest posts, deep', () => listPosts(db, { ...page, after: somewhere })],
  ['the oldest posts, deep', () => listPosts(db, { sort: 'oldest', limit: 51, after: somewhere })],
  ['the posts changed last', () => listPosts(db, { sort: 'updated', limit: 21 })],
  ['the posts changed last, deep', () => listPosts(db, { sort: 'updated', limit: 21, after: somewhere })],
  ['an author’s posts by name', () => listPosts(db, { ...page, author: 'user7' })],
  ['an author’s posts by id, deep', () => listPosts(db, { ...page, author: reader.id, after: somewhere })],
  ['posts with a tag', () => listPosts(db, { ...page, tag: ['t7'] })],
  ['posts with a common word', () => listPosts(db, { ...page, q: 'common' })],
  ['posts with a rare word', () => listPosts(db, { ...page, q: 'rare' })],
  ['posts with no hit', () => listPosts(db, { ...page, q: 'nowhere' })],
  ['posts by relevance', () => listPosts(db, { q: 'rare', sort: 'relevance', limit: 21 })],
  ['posts of a time', () => listPosts(db, { ...page, created_after: '2026-01-01T00:00:00.000Z' })],
  ['one’s own posts', () => listOwnPosts(db, { authorId: reader.id, limit: 21 })],
  ['comments', () => listComments(db, { postId: 7, reader, after: undefined, limit: 21 })],
  ['a post', () => readPost(db, { id: 7, reader })],
  ['revisions', () => listRevisions(db, { id: 7, user: reader, before: undefined, limit: 21 })],
]

describe('the plan for', () => {
  test.each(lists)('%s touches few rows', async (_what, list) => {
    asked = []
    await list()
    expect(asked.length).toBeGreaterThan(0)
    for (const { query, params } of asked.splice(0)) {
      const [row] = await sql.unsafe(`explain (analyze, format json) ${query}`, params as string[])
      for (const node of nodesOf(row?.['QUERY PLAN'][0].Plan)) {
        if (node['Actual Loops'] === 0) continue // a way that was not needed
        const touched = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
        expect(touched, `${node['Node Type']} on ${node['Relation Name']}`).toBeLessThan(rows / 7)
      }
    }
  })
})

function nodesOf(plan: any): any[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}
