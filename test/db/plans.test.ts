import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listComments } from '../../src/comments/comments.service.ts'
import type { Database, DatabaseHandle } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { listOwnPosts, listPosts } from '../../src/posts/list/list-posts.ts'
import { readPost } from '../../src/posts/posts.service.ts'
import { listRevisions } from '../../src/posts/revisions/revisions.service.ts'
import { createTestApp } from '../support/in-process.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'

// Checks the plan of every list and of every statement of common requests: none may read or sort a whole table.
// PLAN_POSTS=1000000 takes some minutes.

const rows = Number(process.env.PLAN_POSTS ?? 100_000)
const people = 10_000
const crowd = Math.min(rows, 70_000) / 7 // too many rows for one step of a plan
let server: TestPostgres
let sql: postgres.Sql
let db: Database
let sentQueries: { query: string; params: unknown[] }[] = []

beforeAll(async () => {
  server = await sharePostgres()
  await migrate({ url: server.url })
  sql = postgres(server.url, { max: 1, onnotice: () => {} })
  db = drizzle(sql, { logger: { logQuery: (query, params) => sentQueries.push({ query, params }) } })
  await sql`
    insert into users (id, username, email, password_hash)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user' || n, 'user' || n || '@example.com', 'x'
    from generate_series(1, ${people}) n`
  await sql`
    insert into posts (author_id, title, body, tags, tag_keys, created_at, updated_at, published_at, search, search_rules)
    select ('00000000-0000-7000-8000-' || lpad((n % 1000 + 1)::text, 12, '0'))::uuid, 'Title ' || n,
      'common ' || case when n % 1000 = 0 then 'rare' else 'text' end || ' number ' || n, array['t' || n % 100],
      array['t' || n % 100], at, at, at, to_tsvector('simple', 'common ' || case when n % 1000 = 0 then 'rare' else 'text' end), 1
    from generate_series(1, ${rows}) n, lateral (select now() - (${rows} - n) * interval '1 minute') as time (at)`
  await sql`
    insert into sessions (id, user_id, created_at, last_used_at, expires_at, refresh_hash, ended_at)
    select gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, now(), now(),
      now() + interval '30 days', 'x', case when n % 50 = 0 then now() - interval '1 day' end
    from generate_series(1, ${people}) n`
  await sql`
    insert into limits (key, used, pending, expires_at)
    select 'key ' || n, 1, 0, now() + interval '1 hour' from generate_series(1, ${people}) n`
  await sql`
    insert into idempotency_keys (user_id, key, request_hash, created)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'key', 'x', '{}'
    from generate_series(1, ${people}) n`
  await sql`insert into comments (post_id, author_id, body)
    select n % 3000 + 1, '00000000-0000-7000-8000-000000000001', 'C' from generate_series(1, 20000) n`
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
const somewhere: [string, number] = [new Date(Date.now() - (rows / 2) * 60_000).toISOString(), rows / 2]
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

describe('query plans', () => {
  test.each(lists)('The list %s reads few rows', async (_what, list) => {
    sentQueries = []
    await list()
    expect(sentQueries.length).toBeGreaterThan(0)
    for (const { query, params } of sentQueries.splice(0)) {
      const [row] = await sql.unsafe(`explain (analyze, format json) ${query}`, params as string[])
      expectFewRows(row?.['QUERY PLAN'][0].Plan, query)
    }
  })

  // Searches for words and tags use unnamed statements, which are planned for their actual parameters.
  const named = lists.filter(([what]) => !/word|hit|relevance|tag|time/.test(what))
  test.each(named)('The list %s reads few rows as a generic plan', async (_what, list) => {
    sentQueries = []
    await list()
    for (const one of sentQueries.splice(0)) expectFewRows(await genericPlan(one), one.query)
  })
})

test('The statements of common requests read few rows as generic plans', { timeout: 60_000 }, async () => {
  const handle: DatabaseHandle = {
    kind: 'postgres',
    description: 'plans',
    connect: () => db,
    close: async () => {},
  }
  const app = await createTestApp({ RATE_LIMIT: 'on' }, {}, handle)
  const send = async (method: string, path: string, json?: object, headers: Record<string, string> = {}) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { ...type, ...headers },
      ...body,
    })
    const response = await app.fetch(request)
    expect(response.status, `${method} ${path}`).toBeLessThan(300)
    return response.status === 204 ? undefined : ((await response.json()) as any)
  }
  sentQueries = []
  const { username, email, password } = {
    username: 'planner',
    email: 'p@example.com',
    password: 'a long enough one',
  }
  await send('POST', '/users', { username, email, password })
  const session = await send('POST', '/auth/token', { username, password })
  const { access_token } = await send('POST', '/auth/refresh', { refresh_token: session.refresh_token })
  const token = { authorization: `Bearer ${access_token}` }
  await send('GET', '/auth/whoami', undefined, token)
  await send('GET', '/users/me', undefined, token)
  const { id } = await send('POST', '/posts', { title: 'T', body: 'B' }, token)
  await send('POST', '/posts', { title: 'T', body: 'B' }, { ...token, 'idempotency-key': 'once-and-no-more' })
  await send('GET', `/posts/${id}`, undefined, token)
  await send('PATCH', `/posts/${id}`, { title: 'U' }, token)
  await send('POST', `/posts/${id}/comments`, { body: 'C' }, token)
  for (const size of [10, 20, 25, 50, 100]) {
    const page = await send('GET', `/posts?limit=${size}`)
    await send('GET', `/posts?limit=${size}&cursor=${page.next_cursor}`)
  }
  await app.close()
  const distinct = new Map(sentQueries.splice(0).map((one) => [one.query, one]))
  expect(distinct.size).toBeGreaterThan(20)
  for (const one of distinct.values()) expectFewRows(await genericPlan(one), one.query)
})

/** The generic plan of a statement, which PostgreSQL uses after several executions. Its changes are rolled back. */
async function genericPlan({ query, params }: { query: string; params: unknown[] }): Promise<any> {
  const values = params.map(literal).join(', ')
  const name = 'looked_at'
  await sql.unsafe(`begin; set local plan_cache_mode = force_generic_plan; prepare ${name} as ${query}`)
  try {
    const execute = `execute ${name}${values === '' ? '' : `(${values})`}`
    // Unique rows cannot be inserted twice, so for these only the plan is checked.
    const ways = [
      `savepoint here; explain (analyze, format json) ${execute}`,
      `rollback to here; explain (format json) ${execute}`,
    ]
    const results: any = await sql.unsafe(ways[0] as string).catch(async (error: { code?: string }) => {
      if (error.code !== '23505') throw error
      return sql.unsafe(ways[1] as string)
    })
    return results.at(-1)[0]['QUERY PLAN'][0].Plan
  } finally {
    await sql.unsafe(`rollback; deallocate ${name}`)
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  const text = Array.isArray(value)
    ? `{${value.map((item) => JSON.stringify(String(item))).join(',')}}`
    : value instanceof Date
      ? value.toISOString()
      : String(value)
  return `'${text.replaceAll("'", "''")}'`
}

function expectFewRows(plan: any, query: string): void {
  for (const node of nodesOf(plan)) {
    if (node['Actual Loops'] === 0) continue // a branch that was not executed
    const rows = node['Actual Rows'] ?? node['Plan Rows']
    const touched = (rows + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1)
    expect(touched, `${node['Node Type']} on ${node['Relation Name']} of ${query}`).toBeLessThan(crowd)
  }
}

function nodesOf(plan: any): any[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}
