import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { DatabaseRefusal } from '../../src/db/postgres/refusal.ts'
import { start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { gatepost } from '../support/gatepost.ts'
import { startOwnPostgres, type TestPostgres } from '../support/postgres.ts'
import type { PostgresVersion } from '../support/postgres-binaries.ts'
import { freePort } from '../support/processes.ts'
import { rootAdmin } from '../support/settings.ts'

/** A database with a role `name` that has only the right to log in. */
async function newRole(server: TestPostgres, name: string) {
  const owner = await server.createDatabase()
  const sql = postgres(owner, { max: 1, onnotice: () => {} })
  const database = new URL(owner).pathname.slice(1)
  await sql.unsafe(`CREATE ROLE "${name.replaceAll('"', '""')}" LOGIN PASSWORD 'hunter2'`)
  const url = new URL(owner)
  url.username = encodeURIComponent(name)
  url.password = 'hunter2'
  return {
    url: url.href,
    owner,
    database,
    run: (statement: string) => sql.unsafe(statement),
    [Symbol.asyncDispose]: () => sql.end(),
  }
}

type Role = Awaited<ReturnType<typeof newRole>>

const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DatabaseRefusal)
  return (error as Error).message
}

/** A folder with all migrations and one more. */
async function withMigration(statement: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-migrations-'))
  await cp(fileURLToPath(new URL('../../drizzle', import.meta.url)), folder, { recursive: true })
  const path = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(path, 'utf8'))
  const last = journal.entries.at(-1)
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'later' })
  await writeFile(path, JSON.stringify(journal))
  const snapshot = (idx: number) => join(folder, `meta/${String(idx).padStart(4, '0')}_snapshot.json`)
  await cp(snapshot(last.idx), snapshot(last.idx + 1))
  await writeFile(join(folder, 'later.sql'), statement)
  return folder
}

/** The statements in a message that an administrator should run. */
const statementsIn = (message: string) => /administrator run (.*;)$/.exec(message)?.[1] ?? ''

describe.each<PostgresVersion>([14, 16, 18])('rights on PostgreSQL %i', (version) => {
  let server: TestPostgres
  beforeAll(async () => {
    server = await startOwnPostgres({ version })
  })
  afterAll(() => server.stop())

  const rows = 'SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public'

  /** A role with rights on all rows of a database that another role has migrated. */
  async function rowsOnly(name: string) {
    const role = await newRole(server, name)
    await migrate({ url: role.owner })
    await role.run(`GRANT ${rows} TO "${name}"`)
    return role
  }

  test('The usual recipe works, or the message names the missing GRANT, after which it works', async () => {
    await using role = await newRole(server, 'usual "recipe"')
    await role.run(`GRANT ALL PRIVILEGES ON DATABASE "${role.database}" TO "usual ""recipe"""`)
    if (version < 15)
      return expect(await migrate({ url: role.url })).toMatchObject({ applied: expect.any(Number) })
    const message = await refusal(migrate({ url: role.url }))
    expect(message).toContain('CREATE on schema public')
    expect(message).not.toContain('hunter2')
    await role.run(statementsIn(message))
    expect((await migrate({ url: role.url })).applied).toBeGreaterThan(0)
  })

  test.for<[lacks: string, make: (role: Role) => string, ...says: string[]]>([
    [
      'CREATE on its schema',
      () => 'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
      'CREATE on schema public',
      'GRANT CREATE ON SCHEMA public TO',
    ],
    [
      'USAGE on its schema',
      () => 'REVOKE ALL ON SCHEMA public FROM PUBLIC',
      'GRANT USAGE, CREATE ON SCHEMA public TO',
    ],
    [
      'the extension',
      ({ database }) =>
        `GRANT CREATE ON SCHEMA public TO PUBLIC; REVOKE CREATE ON DATABASE "${database}" FROM PUBLIC`,
      'pg_trgm',
      'GRANT CREATE ON DATABASE',
    ],
  ])(
    'A role that lacks %s is told the statement, after which it can migrate',
    async ([lacks, make, ...says]) => {
      const name = `lacks ${lacks}`
      await using role = await newRole(server, name)
      await role.run(`GRANT CREATE ON DATABASE "${role.database}" TO PUBLIC`)
      await role.run(make(role))
      const message = await refusal(migrate({ url: role.url }))
      for (const words of says) expect(message).toContain(words)
      await role.run(statementsIn(message).replace(/; or .*/, ''))
      expect((await migrate({ url: role.url })).applied).toBeGreaterThan(0)
    },
  )

  test('An extension in a separate schema is accepted', async () => {
    await using role = await newRole(server, 'extended')
    await role.run(
      `CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions; GRANT CREATE ON SCHEMA public TO extended`,
    )
    expect(await refusal(migrate({ url: role.url }))).toContain(
      'GRANT USAGE ON SCHEMA extensions TO extended;',
    )
    await role.run('GRANT USAGE ON SCHEMA extensions TO extended')
    expect((await migrate({ url: role.url })).applied).toBeGreaterThan(0)
  })

  test.for<[how: string, set: string, parameter: string]>([
    ['its search_path', 'ALTER ROLE $role SET search_path = "its own"', ''],
    ['options in the URL', '', '?options=-csearch_path%3D%22its%5C%20own%22'],
    ['schema in the URL', '', '?schema=its%20own'],
    ['search_path in the URL', '', '?search_path=%22its%20own%22'],
  ])(
    'A role with its own schema by %s has its tables there, beside those of another role',
    async ([how, set, parameter]) => {
      const name = `own ${how}`
      await using role = await newRole(server, name)
      await migrate({ url: role.owner })
      await role.run(`CREATE SCHEMA "its own" AUTHORIZATION "${name}"`)
      if (set) await role.run(set.replace('$role', `"${name}"`))
      const { code, stdout, stderr } = await gatepost(
        ['user', 'create', '--username', 'ann', '--email', 'ann@example.com'],
        { DATABASE_URL: role.url + parameter },
        'correct horse battery\n',
      )
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toContain('Made user ann')
      const [found] = await role.run(
        'SELECT (SELECT count(*) FROM "its own".users)::int AS own, (SELECT count(*) FROM public.users)::int AS other',
      )
      expect(found).toEqual({ own: 1, other: 0 })
    },
  )

  test('A missing schema is named, with the statement that creates it', async () => {
    await using role = await newRole(server, 'nowhere')
    await role.run(`GRANT CREATE ON DATABASE "${role.database}" TO nowhere`)
    const message = await refusal(migrate({ url: `${role.url}?schema=later` }))
    expect(message).toContain('CREATE SCHEMA later AUTHORIZATION nowhere;')
    await role.run(statementsIn(message))
    expect((await migrate({ url: `${role.url}?schema=later` })).applied).toBeGreaterThan(0)
  })

  test.for<[lacks: string, revoke: string, grant: RegExp]>([
    ['SELECT on posts', 'REVOKE SELECT ON posts FROM $role', /GRANT SELECT ON public\.posts TO/],
    ['INSERT on comments', 'REVOKE INSERT ON comments FROM $role', /GRANT INSERT ON public\.comments TO/],
    [
      'UPDATE and DELETE on sessions',
      'REVOKE UPDATE, DELETE ON sessions FROM $role',
      /GRANT UPDATE, DELETE ON public\.sessions TO/,
    ],
    [
      'SELECT on the record',
      'REVOKE ALL ON __drizzle_migrations FROM $role',
      /GRANT SELECT ON public\.__drizzle_migrations TO/,
    ],
    [
      'USAGE on its schema',
      'REVOKE USAGE ON SCHEMA public FROM PUBLIC',
      /GRANT USAGE(, CREATE)? ON SCHEMA public TO/,
    ],
    [
      'writing',
      'ALTER ROLE $role SET default_transaction_read_only = on',
      /ALTER ROLE .* RESET default_transaction_read_only;/,
    ],
  ])(
    'A role for rows that lacks %s is told the statement, after which the service starts',
    async ([lacks, revoke, grant]) => {
      const name = `misses ${lacks}`
      await using role = await rowsOnly(name)
      expect(await migrate({ url: role.url })).toEqual({ applied: 0 })
      await role.run(revoke.replace('$role', `"${name}"`))
      const { code, stderr } = await gatepost(['start'], {
        DATABASE_URL: role.url,
        PORT: String(await freePort()),
      })
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(grant) })
      expect(stderr).not.toMatch(/please report|hunter2| {4}at /)
      const message = await refusal(migrate({ url: role.url }))
      expect(message).toMatch(grant)
      await role.run(statementsIn(message))
      expect(await migrate({ url: role.url })).toEqual({ applied: 0 })
    },
  )

  test('A role that does not own the tables is told to change the owner, or to let the owner migrate', async () => {
    await using role = await rowsOnly('heir')
    await role.run('GRANT USAGE, CREATE ON SCHEMA public TO heir')
    const folder = await withMigration('ALTER TABLE "comments" ADD COLUMN "later" integer;')
    const message = await refusal(migrate({ url: role.url }, folder))
    expect(message).toContain('ALTER TABLE public.comments OWNER TO heir;')
    expect(message).toContain('run gatepost migrate as the role that owns the tables')
    await role.run(statementsIn(message))
    expect((await migrate({ url: role.url }, folder)).applied).toBe(1)
  })

  test.for<[what: string, change: (url: URL) => void, prepare: string, says: RegExp]>([
    [
      'a wrong password',
      (url) => {
        url.password = 'hunter3'
      },
      '',
      /refuses the password of the role "in wrong".*ALTER ROLE "in wrong"/,
    ],
    [
      'no such role',
      (url) => {
        url.username = 'nobody'
      },
      '',
      /no such role.*"nobody"|"nobody".*no such role/,
    ],
    [
      'no such database',
      (url) => {
        url.pathname = '/no%2Fwhere'
      },
      '',
      /CREATE DATABASE "no\/where" OWNER "in wrong";/,
    ],
    ['no right to log in', () => {}, 'ALTER ROLE "in wrong" NOLOGIN', /ALTER ROLE "in wrong" LOGIN;/],
    [
      'no right to connect',
      () => {},
      'REVOKE CONNECT ON DATABASE $database FROM PUBLIC',
      /GRANT CONNECT ON DATABASE "gatepost_.*" TO "in wrong";/,
    ],
  ])('An impossible connection is reported in one sentence: %s', async ([, change, prepare, says]) => {
    await using role = await newRole(server, 'in wrong')
    try {
      if (prepare) await role.run(prepare.replace('$database', `"${role.database}"`))
      const url = new URL(role.url)
      change(url)
      const { code, stderr } = await gatepost(['migrate'], { DATABASE_URL: url.href })
      expect(code).toBe(1)
      expect(stderr).toMatch(says)
      expect(stderr.trim()).not.toMatch(/\n|hunter|please report/)
    } finally {
      await role.run('DROP ROLE "in wrong"')
    }
  })

  test('The service runs as a role with rights on rows, while another role owns the tables', async () => {
    await using role = await rowsOnly('service')
    await using folder = temporaryFolder()
    await using running = await start(folder.path, { DATABASE_URL: role.url })
    const call = async (method: string, path: string, token = '', json?: object) => {
      const headers = {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(json && { 'Content-Type': 'application/json' }),
      }
      const response = await fetch(running.url + path, {
        method,
        headers,
        ...(json && { body: JSON.stringify(json) }),
      })
      const text = await response.text()
      return { status: response.status, json: text ? JSON.parse(text) : undefined }
    }
    const { username, password } = rootAdmin
    const session = await call('POST', '/auth/token', '', { username, password })
    expect(session.status).toBe(200)
    const token: string = session.json.access_token
    const post = await call('POST', '/posts', token, { title: 'Rows', body: 'and no more', tags: ['rights'] })
    expect(post.status).toBe(201)
    const path = `/posts/${post.json.id}`
    expect((await call('POST', `${path}/comments`, token, { body: 'Yes.' })).status).toBe(201)
    expect((await call('PATCH', path, token, { title: 'Only rows' })).status).toBe(200)
    expect((await call('GET', '/posts?q=rows', token)).json.items).toHaveLength(1)
    expect((await call('DELETE', path, token)).status).toBe(204)
    expect(await (await fetch(`${running.url}/readyz`)).json()).toEqual({ status: 'ok' })
  })

  test('The cleanup works for a role with rights on rows', async () => {
    await using role = await rowsOnly('cleaner')
    const { openPostgres } = await import('../../src/db/database.ts')
    const { parseConfig } = await import('../../src/config/config.ts')
    const { cleanUp } = await import('../../src/cleanup/cleanup.ts')
    const handle = openPostgres({ url: role.url, connections: 1, timeout: 5000 })
    try {
      const deletedRows = await cleanUp(handle.connect('write'), parseConfig({}))
      expect(Object.values(deletedRows).every((count) => count === 0)).toBe(true)
    } finally {
      await handle.close()
    }
  })
})
