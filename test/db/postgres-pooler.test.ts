import { spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { gatepost } from '../support/gatepost.ts'
import { startOwnPostgres, type TestPostgres } from '../support/postgres.ts'
import { postgresUser, temporaryRoot } from '../support/postgres-binaries.ts'
import { freePort, launch } from '../support/processes.ts'
import { rootAdmin } from '../support/settings.ts'

const program: string | undefined = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find(
  (path) => spawnSync(path, ['--version']).status === 0,
)
if (program === undefined) {
  process.stderr.write(
    'PgBouncer is not installed (Debian: apt-get install pgbouncer): its tests are skipped.\n',
  )
}

/** Starts PgBouncer in transaction mode before a server, with so few connections that clients share them. */
async function startPgBouncer(server: TestPostgres, ...settings: string[]) {
  const runAs = postgresUser()
  const folder = mkdtempSync(join(temporaryRoot(runAs), 'gatepost-pgbouncer-'))
  const port = await freePort()
  const { password, username } = new URL(server.url)
  const lines = [
    '[databases]',
    `* = host=127.0.0.1 port=${server.port} user=${username} password=${password}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'pool_mode = transaction',
    'default_pool_size = 3',
    'auth_type = any',
    ...settings,
  ]
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(file, lines.join('\n'))
  if (runAs.uid !== undefined && runAs.gid !== undefined) chownSync(folder, runAs.uid, runAs.gid)
  const command = [program ?? 'pgbouncer', file]
  const pooler = await launch({ command, folder, env: {}, lastSignal: 'KILL', ...runAs })
  if (!(await pooler.logged('process up'))) throw new Error(pooler.log())
  return {
    urlOf: (database: string) => {
      const url = new URL(database)
      url.port = String(port)
      return url.href
    },
    [Symbol.asyncDispose]: async () => void (await pooler.end('SIGINT', 2000, 'SIGKILL')),
  }
}

test.runIf(program !== undefined)(
  'The service works through PgBouncer in transaction mode',
  { timeout: 60_000 },
  async () => {
    await using server = await startOwnPostgres()
    await using pooler = await startPgBouncer(server)
    const database = await server.createDatabase()
    const url = `${pooler.urlOf(database)}?pgbouncer=true`
    expect(await gatepost(['migrate'], { DATABASE_URL: url })).toMatchObject({ code: 0, stderr: '' })
    await using folder = temporaryFolder()
    await using service = await start(folder.path, { DATABASE_URL: url, DATABASE_POOL: '8' })
    const post = async (path: string, json: object, token = '') => {
      const response = await fetch(service.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
        body: JSON.stringify(json),
      })
      return { status: response.status, json: (await response.json()) as any }
    }
    const { username, password } = rootAdmin
    const session = await post('/auth/token', { username, password })
    expect(session.status).toBe(200)
    const created = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        post('/posts', { title: `Pooled ${n}`, body: 'by few', tags: [] }, session.json.access_token),
      ),
    )
    expect(created.map(({ status }) => status)).toEqual(created.map(() => 201))
    const lists = await Promise.all(
      Array.from({ length: 60 }, async (_, n) =>
        (await fetch(`${service.url}/posts?limit=${(n % 5) + 1}`)).json(),
      ),
    )
    expect(lists.map((list: any) => list.items.length)).toEqual(lists.map((_, n) => (n % 5) + 1))
    const direct = postgres(database, { max: 1 })
    const [{ count } = {}] = await direct`SELECT count(*)::int FROM posts`
    expect(count).toBe(60)
    await direct.end()
  },
)

test.runIf(program !== undefined)('A setting that PgBouncer refuses is named, with advice', async () => {
  await using server = await startOwnPostgres()
  const database = await server.createDatabase()
  const query = '?pgbouncer=true&schema=public'
  {
    await using pooler = await startPgBouncer(server)
    const { code, stderr } = await gatepost(['migrate'], { DATABASE_URL: pooler.urlOf(database) + query })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The pooler does not take search_path .*ignore_startup_parameters/)
  }
  await using pooler = await startPgBouncer(server, 'ignore_startup_parameters = search_path')
  expect(await gatepost(['migrate'], { DATABASE_URL: pooler.urlOf(database) + query })).toMatchObject({
    code: 0,
  })
})
