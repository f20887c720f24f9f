import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { listPosts, positionOf, type SummaryRow } from '../../src/posts/list/list-posts.ts'
import { indexPosts } from '../../src/posts/search/search-indexing.ts'
import { openTestDatabase } from '../support/in-process.ts'

// If hits are far from the beginning of a list, the search continues in windows of time, each fifty times as long
// as the one before. Both ends of this table have many rows within one second but no hits, so every list here uses
// windows.

const day = 86_400
/**
 * Distances of the hits from either end, in seconds: inside windows, at their edges, and two after the last window.
 */
const distances = [10, 50, 100, 2500, 50_000, 100_000, 10 * day, 15 * day]
const span = 40 * day
const crowd = 1100

let database: DatabaseHandle
/** Newest first. */
let hits: string[]

beforeAll(async () => {
  database = await openTestDatabase()
  const db = database.connect('write')
  await db.execute(sql`insert into users (id, username, email, password_hash)
    values ('019a9f6e-0000-7000-8000-000000000001', 'ada', 'ada@example.com', 'x')`)
  const positions = [...distances, ...distances.map((distance) => span - distance).reverse()]
  hits = positions.map((age) => `needle ${age}`)
  const noise = [
    ...Array.from({ length: crowd }, (_, n) => n / crowd),
    ...positions.map((age) => age + 0.5),
    ...Array.from({ length: crowd }, (_, n) => span - n / crowd),
  ]
  const rows = [
    ...positions.map((age) => ({ title: `needle ${age}`, age })),
    ...noise.map((age) => ({ title: 'hay', age })),
  ]
  await db.execute(sql`
    insert into posts (author_id, title, body, created_at, updated_at, published_at)
    select '019a9f6e-0000-7000-8000-000000000001', title, 'text', at, at, at
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (title text, age float8),
      lateral (select timestamptz '2026-01-01' - make_interval(secs => age)) as time (at)`)
  await indexPosts(db)
})
afterAll(() => database?.close())

const lists: [sort: 'newest' | 'updated' | 'oldest', inOrder: () => string[]][] = [
  ['newest', () => hits],
  ['updated', () => hits],
  ['oldest', () => hits.toReversed()],
]

test.each(lists)('All hits are found in the order %s, each of them once', async (sort, inOrder) => {
  const rows = await listPosts(database.connect('write'), { q: 'needle', sort, limit: 50 })
  expect(rows.map(({ title }) => title)).toEqual(inOrder())
})

test.each(lists)('All pages together have the same hits in the order %s', async (sort, inOrder) => {
  const found: SummaryRow[] = []
  while (found.length <= hits.length) {
    const last = found.at(-1)
    const after = last && positionOf(last, sort)
    const rows = await listPosts(database.connect('write'), { q: 'needle', sort, limit: 3, after })
    expect(rows.length).toBeLessThanOrEqual(3)
    found.push(...rows)
    if (rows.length < 3) break
  }
  expect(found.map(({ title }) => title)).toEqual(inOrder())
})
