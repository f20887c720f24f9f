import { eq, sql } from 'drizzle-orm'
import { bigint, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database, DatabaseHandle } from '../../src/db/database.ts'
import { prepared } from '../../src/db/fast-path/prepared.ts'
import { instant } from '../../src/db/instant.ts'
import { openInMemory } from '../support/in-process.ts'

// The fast path must return the same values as Drizzle itself.

const people = pgTable('people', {
  id: integer().primaryKey(),
  name: text(),
  born: timestamp({ withTimezone: true }),
})
const things = pgTable('things', {
  id: bigint({ mode: 'number' }).primaryKey(),
  owner: integer(),
  tags: text().array(),
  made: instant(),
})

let handle: DatabaseHandle

beforeAll(async () => {
  handle = await openInMemory()
  const db = handle.connect('write')
  await db.execute(sql`create table people (id int primary key, name text, born timestamptz)`)
  await db.execute(
    sql`create table things (id bigint primary key, owner int, tags text[], made timestamptz(3))`,
  )
  await db.execute(sql`insert into people values (1, 'Ada', '1815-12-10 12:00:00+00'), (2, null, null)`)
  await db.execute(sql`insert into things values
    (1, 1, '{}', '2026-11-21 09:30:00.12+00'), (2, 2, '{plain,"with, comma","NULL","back\\\\slash"}', '2026-11-21 09:30:00+00'),
    (3, null, '{NULL,"{}",한국어}', null), (9007199254740991, 1, null, '2026-11-21 09:30:00.123+00')`)
})
afterAll(() => handle?.close())

const flat = (db: Database) =>
  db
    .select({ id: things.id, tags: things.tags, made: things.made, one: sql<number>`1`, name: people.name })
    .from(things)
    .leftJoin(people, eq(people.id, things.owner))
    .orderBy(things.id)
const nested = (db: Database) =>
  db
    .select({ thing: { id: things.id, made: things.made }, owner: { name: people.name, born: people.born } })
    .from(things)
    .innerJoin(people, eq(people.id, things.owner))
    .orderBy(things.id)
const nullable = (db: Database) =>
  db
    .select({ thing: { id: things.id }, owner: { id: people.id, name: people.name } })
    .from(things)
    .leftJoin(people, eq(people.id, things.owner))
    .orderBy(things.id)
const partial = (db: Database) => {
  const part = db.$with('part').as(db.select().from(things))
  return db.with(part).select().from(part).orderBy(part.id)
}

test.each([
  ['flat rows', flat, 4],
  ['rows of objects', nested, 3],
  ['rows of objects that may be null', nullable, 4],
  ['rows of a part of a statement', partial, 4],
])('Rows are mapped as by Drizzle: %s', async (name, build, count) => {
  const db = handle.connect('write')
  const rows = await prepared((on) => build(on).prepare(name.replaceAll(' ', '_')))(db).execute()
  expect(rows).toHaveLength(count)
  expect(rows).toStrictEqual(await build(db))
})

test('Times are written with milliseconds, in UTC', async () => {
  const rows = await flat(handle.connect('write'))
  const times = ['2026-11-21T09:30:00.120Z', '2026-11-21T09:30:00.000Z', null, '2026-11-21T09:30:00.123Z']
  expect(rows.map(({ made }) => made)).toEqual(times)
})
