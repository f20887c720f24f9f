import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { eq, inArray, sql } from 'drizzle-orm'
import { integer, pgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { CurrentUser } from '../../src/api/context.ts'
import { type Database, type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded/embedded.ts'
import { batch } from '../../src/db/fast-path/batch.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createPost } from '../../src/posts/create/create-post.ts'
import { readPost } from '../../src/posts/posts.service.ts'
import { posts } from '../../src/posts/posts.table.ts'
import { users } from '../../src/users/users.table.ts'
import { prepareDataFolder } from '../support/data-folder.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { recordIn } from './fixtures/queries.ts'

let server: TestPostgres
let handle: DatabaseHandle
const sent: string[] = []

const author: CurrentUser = { id: '00000000-0000-7000-8000-000000000001', role: 'user', sessionId: '' }
const unknownAuthor: CurrentUser = { ...author, id: '00000000-0000-7000-8000-000000000002' }
const account = { id: author.id, username: 'one', email: 'one@example.com', passwordHash: 'x' }

beforeAll(async () => {
  server = await startPostgres()
  await migrate({ url: server.url })
  handle = openObserved(8)
  const db = handle.connect('write')
  await db.insert(users).values(account)
  await db.execute(sql`create table tenths (number int primary key, tenth int not null)`)
}, 30_000)
beforeEach(() => {
  sent.length = 0
})
afterAll(async () => {
  await handle.close()
  await server.stop()
})

const tenths = pgTable('tenths', { number: integer().primaryKey(), tenth: integer().notNull() })

function openObserved(connections: number) {
  return openPostgres({ url: server.url, connections, timeout: 5000, observe: recordIn(sent) })
}

const statuses = (results: PromiseSettledResult<unknown>[]) => results.map(({ status }) => status)
const titles = (count: number) => Array.from({ length: count }, (_, at) => `Title ${at}`)
const create = (db: Database, title: string, by = author) =>
  createPost(db, { author: by, post: { title, body: 'Words', tags: [`of ${title}`, '{"'] } })

/** Fails for 0, and waits for one second per hundred of `number`. */
const tenthOf = batch(async (db, numbers: readonly number[]) => {
  const values = sql.join(
    numbers.map((number) => sql`(${number}::int, 10 / ${number}::int)`),
    sql`, `,
  )
  const wait = Math.floor(Math.max(...numbers) / 100)
  await db.execute(sql`with waited as materialized (select pg_sleep(${wait}))
    insert into tenths select made.column1, made.column2 from (values ${values}) made, waited`)
  return numbers.map((number) => number * 10)
})
const stored = async () => {
  const rows = await handle.connect('read').select({ number: tenths.number }).from(tenths)
  return rows.map(({ number }) => number)
}

test('Calls of one tick share a statement, and each gets its own result', async () => {
  const db = handle.connect('write')
  expect(await Promise.all([3, 1, 2].map((number) => tenthOf(db, number)))).toEqual([30, 10, 20])
  expect(sent).toHaveLength(1)
  await nextTick()
  expect(await tenthOf(db, 4)).toBe(40)
  expect(sent).toHaveLength(2)
})

test('Calls on different connections of one pool share a statement', async () => {
  const connections = Array.from({ length: 4 }, () => handle.connect('write'))
  expect(new Set(connections).size).toBeGreaterThan(1)
  expect(await Promise.all(connections.map((db, at) => tenthOf(db, 21 + at)))).toEqual([210, 220, 230, 240])
  expect(sent).toHaveLength(1)
})

test('If the server refuses a statement, its items are retried one by one, so only the faulty item is rejected', async () => {
  const db = handle.connect('write')
  const results = await Promise.allSettled([11, 0, 12].map((number) => tenthOf(db, number)))
  expect(statuses(results)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await stored()).toEqual(expect.arrayContaining([11, 12]))
  await expect(tenthOf(db, 0)).rejects.toThrow()
  expect(sent.filter((text) => text.includes('tenths select'))).toHaveLength(5)
})

test('A statement that may have been executed is not retried', async () => {
  const db = handle.connect('write')
  const results = Promise.allSettled([201, 202].map((number) => tenthOf(db, number)))
  const backends = sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'with waited%' and state = 'active'`
  const other = handle.connect('search')
  await expect.poll(() => other.execute(backends)).toHaveLength(1)
  expect(statuses(await results)).toEqual(['rejected', 'rejected'])
  expect(sent.filter((text) => text.startsWith('with waited'))).toHaveLength(1)
  expect(await stored()).not.toContain(201)
})

test('After an error of the server itself, the items are not retried', async () => {
  const own = openObserved(1)
  onTestFinished(() => own.close())
  const db = own.connect('write')
  await db.execute(sql`set statement_timeout = 200`)
  const results = await Promise.allSettled([301, 302].map((number) => tenthOf(db, number)))
  expect(statuses(results)).toEqual(['rejected', 'rejected'])
  expect(sent.filter((text) => text.startsWith('with waited'))).toHaveLength(1)
})

describe.each(['postgres', 'embedded'])('batches on %s', (kind) => {
  let own: DatabaseHandle
  const folder = join(tmpdir(), `gatepost-batched-${process.pid}`)
  beforeAll(async () => {
    if (kind === 'postgres') {
      own = handle
      return
    }
    await prepareDataFolder(folder)
    own = await openEmbedded({ folder, timeout: 5000 })
    await own.connect('write').insert(users).values(account)
  }, 30_000)
  afterAll(async () => {
    if (own === handle) return
    await own.close()
    rmSync(folder, { recursive: true })
  })

  test('A long post has its own statement', async () => {
    const db = own.connect('write')
    const bodies = ['Words', 'Words '.repeat(2000), 'Words', 'Words '.repeat(2000)]
    const created = await Promise.all(
      bodies.map((body, at) => createPost(db, { author, post: { title: `Title ${at}`, body } })),
    )
    expect(created.map(({ row }) => row.body)).toEqual(bodies)
    if (kind === 'postgres') expect(sent.filter((text) => text.startsWith('insert'))).toHaveLength(3)
  })

  test('Concurrent new posts are inserted together, and each gets its own values', async () => {
    const db = own.connect('write')
    const created = await Promise.all(titles(40).map((title) => create(db, title)))
    for (const [at, { row, isReplay }] of created.entries()) {
      const title = `Title ${at}`
      expect(isReplay).toBe(false)
      expect(row).toMatchObject({ title, tags: [`of ${title}`, '{"'], authorUsername: 'one', version: 1 })
      const [kept] = await db.select({ title: posts.title }).from(posts).where(eq(posts.id, row.id))
      expect(kept).toEqual({ title })
    }
    if (kind === 'postgres') expect(sent.filter((text) => text.startsWith('insert'))).toHaveLength(3)
  })

  test('Authors are locked in the order of their ids, and each gets their own post', async () => {
    const db = own.connect('write')
    const other = { ...author, id: '00000000-0000-7000-8000-000000000000' }
    const otherAccount = { id: other.id, username: 'zero', email: 'zero@example.com', passwordHash: 'x' }
    await db.insert(users).values(otherAccount).onConflictDoNothing()
    const created = await Promise.all([create(db, 'X'), create(db, 'Y', other), create(db, 'Z')])
    expect(created.map(({ row }) => [row.title, row.authorUsername])).toEqual([
      ['X', 'one'],
      ['Y', 'zero'],
      ['Z', 'one'],
    ])
    expect(Math.min(...created.map(({ row }) => row.id))).toBe(created[1].row.id)
  })

  test('An author whose account is deleted does not affect the posts of others', async () => {
    const db = own.connect('write')
    const results = await Promise.allSettled([
      create(db, 'A'),
      create(db, 'B', unknownAuthor),
      create(db, 'C'),
    ])
    expect(results).toMatchObject([
      { value: { row: { title: 'A' } } },
      { reason: { code: 'auth.token_invalid' } },
      { value: { row: { title: 'C' } } },
    ])
    const kept = await db
      .select({ title: posts.title })
      .from(posts)
      .where(inArray(posts.title, ['A', 'B', 'C']))
    expect(kept.map(({ title }) => title).sort()).toEqual(['A', 'C'])
  })

  test('Concurrent reads of posts share a statement, and an unknown id is a 404', async () => {
    const db = own.connect('write')
    const created = await Promise.all(titles(3).map((title) => create(db, title)))
    const ids = created.map(({ row }) => row.id)
    sent.length = 0
    const wanted = [...ids, ids[0] ?? 0, 999_999_999]
    const found = await Promise.allSettled(wanted.map((id) => readPost(db, { id, reader: author })))
    expect(found).toMatchObject([
      ...[...ids, ids[0]].map((id) => ({ value: { id } })),
      { reason: { code: 'posts.not_found' } },
    ])
    if (kind === 'postgres') expect(sent).toHaveLength(1)
  })
})
