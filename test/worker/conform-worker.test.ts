import { afterAll, beforeAll, expect, test } from 'vitest'
import { conform } from '../../packages/conform/src/conform.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { bundleWorker, prepareDatabase, startWorker, type WorkerBundle } from '../support/worker.ts'

let bundle: WorkerBundle
let postgres: TestPostgres

beforeAll(async () => {
  // There is no pool in between: the Hyperdrive of workerd opens a new connection for each request.
  ;[bundle, postgres] = await Promise.all([
    bundleWorker(),
    startPostgres({ flags: ['-c', 'max_connections=300'] }),
  ])
})
afterAll(async () => {
  await bundle?.[Symbol.asyncDispose]()
  await postgres?.stop()
})

test('The Worker conforms', async () => {
  const databaseUrl = await postgres.createDatabase()
  await prepareDatabase(databaseUrl)
  await using worker = await startWorker({ bundle, databaseUrl })
  const { username, password } = rootAdmin
  const { results } = await conform({
    url: worker.url,
    admin: { username, password },
    timeout: 60_000,
  })
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  expect(failed.map(({ title, failures }) => `${title}: ${failures[0]?.actual}`)).toEqual([])
  expect(results.length).toBeGreaterThan(250)
}, 180_000)
