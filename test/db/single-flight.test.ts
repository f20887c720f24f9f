import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Database, type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { prepared } from '../../src/db/fast-path/prepared.ts'
import { singleFlight } from '../../src/db/fast-path/single-flight.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { recordIn } from './fixtures/queries.ts'

let server: TestPostgres
let handle: DatabaseHandle
const sent: string[] = []

const numbersQuery = prepared((db) =>
  db
    .select({ number: sql<number>`number` })
    .from(sql`numbers`)
    .where(
      sql`number >= ${sql.placeholder('least')}::int and 1 / (${sql.placeholder('least')}::int - 7) is not null`,
    )
    .orderBy(sql`number`)
    .prepare('numbers_from'),
)
const sharedNumbers = singleFlight<{ number: number }[]>()
const numbersFrom = (db: Database, { least }: { least: number }) =>
  sharedNumbers(db, `from ${least}`, () => numbersQuery(db).execute({ least }))

beforeAll(async () => {
  server = await sharePostgres()
  handle = openPostgres({ url: server.url, connections: 8, timeout: 5000, observe: recordIn(sent) })
  await handle.connect('write').execute(sql`create table numbers (number int primary key)`)
}, 30_000)
beforeEach(async () => {
  await handle.connect('write').execute(sql`truncate numbers`)
  sent.length = 0
})
afterAll(async () => {
  await handle.close()
  await server.stop()
})

const add = (number: number) => handle.connect('write').execute(sql`insert into numbers values (${number})`)

test('Calls with one key in one tick share one query', async () => {
  const db = handle.connect('write')
  const responses = await Promise.all([1, 1, 1, 2].map((least) => numbersFrom(db, { least })))
  expect(responses).toEqual([[], [], [], []])
  expect(sent).toHaveLength(2)
  await numbersFrom(db, { least: 1 })
  expect(sent).toHaveLength(3)
})

test('Calls on different connections of one pool share one query', async () => {
  const connections = Array.from({ length: 4 }, () => handle.connect('list'))
  expect(new Set(connections).size).toBeGreaterThan(1)
  await Promise.all(connections.map((db) => numbersFrom(db, { least: 9 })))
  expect(sent).toHaveLength(1)
})

test('No result is older than its call', async () => {
  const next = { number: 100 }
  const writer = async () => {
    for (let i = 0; i < 60; i++) {
      const number = next.number++
      await add(number)
      expect(await numbersFrom(handle.connect('write'), { least: 100 })).toContainEqual({ number })
    }
  }
  await Promise.all([writer(), writer(), writer(), writer(), writer(), writer()])
  expect(sent.filter((text) => text.startsWith('select')).length).toBeLessThan(360) // some calls shared a query
})

test('All callers get an error of the shared query, and the next call sends its own query', async () => {
  const db = handle.connect('write')
  const both = await Promise.allSettled([numbersFrom(db, { least: 7 }), numbersFrom(db, { least: 7 })])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(sent).toHaveLength(1)
  await expect(numbersFrom(db, { least: 7 })).rejects.toThrow()
  expect(sent).toHaveLength(2)
  expect(await numbersFrom(db, { least: 8 })).toEqual([])
})
