import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { isDatabaseUnavailable } from '../../src/db/errors.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { freePort } from '../support/processes.ts'

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))
const migrations = join(fixtures, 'migrations')

let server: TestPostgres
const clients: postgres.Sql[] = []

beforeAll(async () => {
  server = await startPostgres()
})

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end()))
})

afterAll(() => server.stop())

function query(url: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  clients.push(client)
  return client
}

test('New migrations are applied once, and their number is returned', async () => {
  const url = await server.createDatabase()
  expect(await migrate({ url }, migrations)).toEqual({ applied: 2 })
  expect(await migrate({ url }, migrations)).toEqual({ applied: 0 })
  expect(await query(url)`SELECT text FROM notes`).toEqual([{ text: 'from the migration; with a semicolon' }])
})

test('The record of migrations is the same as Drizzle’s', async () => {
  const url = await server.createDatabase()
  await migrate({ url }, migrations)
  const client = query(url)
  const before = await client`SELECT * FROM __drizzle_migrations ORDER BY id`
  await drizzleMigrate(drizzle({ client }), { migrationsFolder: migrations, migrationsSchema: 'public' })
  expect(await client`SELECT * FROM __drizzle_migrations ORDER BY id`).toEqual(before)
  expect(before).toHaveLength(2)
})

test('A record that Gatepost 0.1 has written is continued', async () => {
  const url = await server.createDatabase()
  const client = query(url)
  await migrate({ url }, migrations)
  await client.unsafe('CREATE SCHEMA drizzle; ALTER TABLE __drizzle_migrations SET SCHEMA drizzle')
  expect(await migrate({ url }, migrations)).toEqual({ applied: 0 })
  await client.unsafe('DROP INDEX notes_text_trgm; DELETE FROM drizzle.__drizzle_migrations WHERE id = 2')
  expect(await migrate({ url }, migrations)).toEqual({ applied: 1 })
  expect(await client`SELECT id FROM drizzle.__drizzle_migrations ORDER BY id`).toHaveLength(2)
  expect(await client`SELECT to_regclass('__drizzle_migrations') AS other`).toEqual([{ other: null }])
})

test('Several processes may start at once', async () => {
  const url = await server.createDatabase()
  const results = await Promise.all([1, 2, 3, 4].map(() => migrate({ url }, migrations)))
  expect(results.map(({ applied }) => applied).sort()).toEqual([0, 0, 0, 2])
})

test('A failed migration leaves neither changes nor a lock', async () => {
  const url = await server.createDatabase()
  for (const _ of ['first', 'second']) {
    await expect(migrate({ url }, join(fixtures, 'broken-migrations'))).rejects.toMatchObject({
      code: '42P01',
    })
  }
  const client = query(url)
  expect(
    await client`SELECT to_regclass('half') AS half, to_regclass('__drizzle_migrations') AS record`,
  ).toEqual([{ half: null, record: null }])
  expect(await client`SELECT FROM pg_locks WHERE locktype = 'advisory'`).toHaveLength(0)
})

test('A lost connection leaves no part of a migration', async () => {
  const url = await server.createDatabase()
  const client = query(url)
  const failure = migrate({ url }, migrations).catch((error: unknown) => error)
  const end = () =>
    client`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%notes_text_trgm%pg_sleep%' AND pid <> pg_backend_pid()`
  await expect.poll(async () => (await end()).length, { interval: 5 }).toBe(1)
  expect(isDatabaseUnavailable(await failure)).toBe(true)
  expect(await client`SELECT to_regclass('notes') AS notes`).toEqual([{ notes: null }])
  expect(await migrate({ url }, migrations)).toEqual({ applied: 2 })
})

test('A migration may take longer than the deadline of queries', async () => {
  const url = await server.createDatabase()
  await query(url).unsafe(
    `ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET statement_timeout = '100ms'`,
  )
  expect(await migrate({ url }, migrations)).toEqual({ applied: 2 })
})

test('An unreachable server is an error', async () => {
  const url = new URL(server.url)
  url.port = String(await freePort())
  await expect(migrate({ url: url.href }, migrations)).rejects.toSatisfy(isDatabaseUnavailable)
})

test('Migrations print nothing', async () => {
  const printed = vi.spyOn(console, 'log')
  const url = await server.createDatabase()
  await query(url).unsafe('CREATE EXTENSION pg_trgm')
  await migrate({ url }, migrations)
  expect(printed).not.toHaveBeenCalled()
})
