import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { noPreconditions } from '../../src/http/conditional.ts'
import { listPosts } from '../../src/posts/list/list-posts.ts'
import { updatePost } from '../../src/posts/posts.service.ts'
import { countPostsToIndex, indexPosts } from '../../src/posts/search/search-indexing.ts'
import { searchVector } from '../../src/posts/search/search-vector.ts'
import { openTestDatabase } from '../support/in-process.ts'

const ada = '019a9f6e-0000-7000-8000-000000000001'
let database: DatabaseHandle

beforeAll(async () => {
  database = await openTestDatabase()
  await database.connect('write').execute(sql`insert into users (id, username, email, password_hash)
    values (${ada}, 'ada', 'ada@example.com', 'x')`)
})
afterAll(() => database?.close())

const find = async (q: string) =>
  (await listPosts(database.connect('write'), { q, sort: 'newest', limit: 300 })).map(({ title }) => title)

test('Posts from before an update are indexed in steps, newest first, and get their excerpts', async () => {
  const db = database.connect('write')
  await db.execute(sql`insert into posts (author_id, title, body, published_at)
    select ${ada}::uuid, 'Post ' || n, '학교에서 ' || n, now() from generate_series(1, 250) n`)
  expect([await countPostsToIndex(db), await find('학교')]).toEqual([250, []])
  expect(await indexPosts(db, () => false)).toBe(100)
  expect(await find('학교')).toHaveLength(100)
  expect(await find('"post 250"')).toEqual(['Post 250'])
  expect(await indexPosts(db)).toBe(150)
  expect([await countPostsToIndex(db), (await find('학교')).length]).toEqual([0, 250])
  const [row] = await listPosts(db, { sort: 'newest', limit: 1 })
  expect(row?.excerpt).toBe('학교에서 250')
})

test('A change of one part keeps the words of the other parts, and their positions', async () => {
  const db = database.connect('write')
  const parts = { title: 'Old title', body: 'Some long text about bees', tags: ['garden'] }
  const [{ id } = { id: 0 }] = await db.select({ id: sql<number>`id::float8` }).from(sql`(
    select id from posts where title = 'Post 7') as post`)
  const user = { id: ada, role: 'user', sessionId: ada } as const
  const change = (changes: object) => updatePost(db, { id, user, preconditions: noPreconditions, changes })
  await change(parts)
  for (const changes of [{ title: 'New title' }, { tags: ['balcony'] }, { body: 'Short text about birds' }]) {
    Object.assign(parts, changes)
    await change(changes)
    const [row] = await db
      .select({ isSame: sql<boolean>`search = ${searchVector(parts)}::tsvector` })
      .from(sql`posts`)
      .where(sql`id = ${id}`)
    expect(row?.isSame, JSON.stringify(changes)).toBe(true)
  }
  expect([await find('"new title"'), await find('balcony birds')]).toEqual([['New title'], ['New title']])
  expect([await find('bees'), await find('garden')]).toEqual([[], []])
})

test('Phrases are found at the end of the longest text, and indexing takes time in proportion to it', async () => {
  const texts = ['a.', '학', '→', '\uFDFA', 'a+', '%ED', 'e\u0301'.repeat(3)]
  for (const text of texts) {
    const time = (length: number) => {
      const body = text.repeat(length / text.length)
      const startedAt = process.cpuUsage().user
      searchVector({ body })
      return process.cpuUsage().user - startedAt
    }
    time(20_000)
    const [short, long] = [time(20_000), time(100_000)]
    expect(long, text).toBeLessThan(25 * (short + 4000))
  }
  const db = database.connect('write')
  await db.execute(sql`insert into posts (author_id, title, body, published_at)
    values (${ada}, 'Long', ${`${'가나다라 마바사 '.repeat(9000)} 마지막단어입니다`}, now())`)
  await indexPosts(db)
  expect(await find('마지막단어')).toEqual(['Long'])
})
