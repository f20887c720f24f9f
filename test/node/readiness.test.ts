import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { createTestApp, openTestDatabase, type TestApp } from '../support/in-process.ts'

let database: DatabaseHandle
let app: TestApp
beforeAll(async () => {
  database = await openTestDatabase()
  app = await createTestApp({ LOG_LEVEL: 'silent' }, {}, database)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const readiness = async () => {
  const response = await app.fetch(new Request('http://localhost/readyz'))
  const { detail } = (await response.json()) as { detail?: string }
  return [response.status, detail]
}
const run = (text: string) => database.connect('write').execute(sql.raw(text))

test('A service without the tables of its version is not ready, and reports the reason', async () => {
  expect(await readiness()).toEqual([200, undefined])
  await run('update __drizzle_migrations set created_at = created_at - 1')
  expect(await readiness()).toEqual([503, expect.stringMatching(/tables are older.*gatepost migrate/)])
  await run('update __drizzle_migrations set created_at = created_at + 1000')
  expect(await readiness()).toEqual([200, undefined])
  await run('alter table __drizzle_migrations rename to elsewhere')
  expect(await readiness()).toEqual([503, expect.stringMatching(/tables are older/)])
})

test('A service with a read-only database is not ready, and reports the reason', async () => {
  await run('alter table elsewhere rename to __drizzle_migrations')
  await run('set default_transaction_read_only = on')
  expect(await readiness()).toEqual([503, expect.stringMatching(/takes no writes/)])
  await run('set default_transaction_read_only = off')
  expect(await readiness()).toEqual([200, undefined])
})
