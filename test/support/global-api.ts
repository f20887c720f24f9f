import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'
import { startServer } from './server.ts'
import { rootAdmin } from './settings.ts'
import type { Target } from './target.ts'

/**
 * Starts the target of one project’s tests, once for all of its files. The name of the project chooses the target.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kind = project.name as Target['kind']
  const { TEST_URL, TEST_ADMIN_USERNAME, TEST_ADMIN_PASSWORD } = process.env
  await using stack = new AsyncDisposableStack()
  const target: Target = { kind, admin: rootAdmin }

  if (kind === 'http-embedded') {
    target.url = stack.use(await startServer()).url
  } else if (kind === 'http-postgres') {
    const postgres = stack.use(await startPostgres())
    target.url = stack.use(await startServer({ DATABASE_URL: await postgres.createDatabase() })).url
  } else if (kind === 'http-worker') {
    const { bundleWorker, prepareDatabase, startWorker } = await import('./worker.ts')
    const bundling = bundleWorker()
    // There is no pool in between: the Hyperdrive of workerd opens a new connection for each request.
    const postgres = stack.use(await startPostgres({ flags: ['-c', 'max_connections=300'] }))
    const databaseUrl = await postgres.createDatabase()
    await prepareDatabase(databaseUrl)
    target.url = stack.use(await startWorker({ bundle: stack.use(await bundling), databaseUrl })).url
  } else if (kind === 'url') {
    target.url = new URL(TEST_URL ?? '').origin
    target.admin = {
      ...rootAdmin,
      username: TEST_ADMIN_USERNAME ?? rootAdmin.username,
      password: TEST_ADMIN_PASSWORD ?? rootAdmin.password,
    }
  }
  project.provide('target', target)
  const running = stack.move()
  return () => running.disposeAsync()
}
