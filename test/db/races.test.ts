import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeUser, setPassword } from '../../src/accounts/account.service.ts'
import { ensureFirstAdmin } from '../../src/accounts/first-admin.ts'
import type { Deps } from '../../src/api/context.ts'
import { revocationsByLookUp } from '../../src/auth/sessions/revocations.ts'
import { parseConfig } from '../../src/config/config.ts'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createDeps } from '../../src/node/deps.ts'
import type { Api, ApiResponse } from '../support/api.ts'
import { openClockedApi } from '../support/clocked-api.ts'
import { gatedHasher } from '../support/gated-hasher.ts'
import { openTestDatabase } from '../support/in-process.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { refusedWithinASecond } from '../support/revoked.ts'
import { testSettings } from '../support/settings.ts'

// A write must repeat what was checked before it. Here one of two requests is held between its check and its write,
// so each attempt hits the window. RACE_ATTEMPTS=1000 repeats each pair more often.

const attempts = Number(process.env.RACE_ATTEMPTS ?? 3)
const atOnce = Math.min(attempts, 25)

/** Two instances on one database, and the functions behind the command line. */
interface Instances {
  here: Api
  there: Api
  admin: Person
  database: DatabaseHandle
  deps: Deps
}

const gate = gatedHasher(4)
const cleanups: (() => Promise<unknown>)[] = []
let server: TestPostgres

async function openInstances(first: DatabaseHandle, second: DatabaseHandle): Promise<Instances> {
  const [here, there] = await Promise.all(
    [first, second].map((database) => openClockedApi({}, { database, passwords: gate.hasher })),
  )
  if (!here || !there) throw new Error('Two instances are needed.')
  const { deps, close } = await createDeps(parseConfig(testSettings), first)
  cleanups.push(here.close, there.close, close, first.close)
  const admin = await newAdmin(here.api)
  return {
    here: here.api,
    there: there.api,
    admin,
    database: first,
    deps: { ...deps, passwords: gate.hasher, revocations: revocationsByLookUp() },
  }
}

async function openPostgresInstances(): Promise<Instances> {
  server = await startPostgres()
  const url = await server.createDatabase()
  await migrate({ url })
  const second = await openTestDatabase(url)
  cleanups.push(second.close)
  return openInstances(await openTestDatabase(url), second)
}

async function openEmbeddedInstances(): Promise<Instances> {
  const database = await openTestDatabase()
  return openInstances(database, database)
}

afterAll(async () => {
  for (const close of cleanups) await close()
  await server?.stop()
})

const next = (person: Person) => `next ${person.password}`

type Check = (api: Api, person: Person) => Promise<ApiResponse>

const logIn: Check = (api, { username, password }) =>
  api.post('/auth/token', { json: { username, password } })

/** Requests that check a password and then write. */
const checks: Record<string, Check> = {
  'a log-in': logIn,
  'a log-in with HTTP Basic': (api, { username, password }) => {
    const credentials = Buffer.from(`${username}:${password}`).toString('base64')
    return api.post('/auth/token', { headers: { authorization: `Basic ${credentials}` } })
  },
  'a change of the password': (api, person) => putPassword(api, person, person.token),
  'a change of the e-mail address': (api, { token, username, password }) =>
    api.patch('/users/me', {
      token,
      json: { email: `new-${username}@example.com`, current_password: password },
    }),
  'the creation of an API token': (api, { token, password }) =>
    api.post('/users/me/tokens', {
      token,
      json: { name: 'Created meanwhile', scopes: ['posts:write'], current_password: password },
    }),
  'a deletion of the account': (api, { token, password }) =>
    api.delete('/users/me', { token, json: { password } }),
}

const putPassword = (api: Api, person: Person, token: string) =>
  api.put('/users/me/password', {
    token,
    json: { current_password: person.password, new_password: next(person) },
  })

type Change = (instances: Instances, person: Person, second: string) => Promise<unknown>

/** Changes that make the password, or a right that it gives, invalid. */
const changes: Record<string, Change> = {
  'the password is changed': async ({ there }, person, second) =>
    hasStatus(await putPassword(there, person, second), 204),
  'the account is disabled': (instances, person) => patchUser(instances, person, { disabled: true }),
  'the account is disabled and enabled again': async (instances, person) => {
    await patchUser(instances, person, { disabled: true })
    await patchUser(instances, person, { disabled: false })
  },
  'the account becomes an admin’s': (instances, person) => patchUser(instances, person, { role: 'admin' }),
  'the account is deleted': async ({ there }, { password }, second) =>
    hasStatus(await there.delete('/users/me', { token: second, json: { password } }), 204),
  'gatepost user set-password is run': ({ database, deps }, person) =>
    setPassword(database.connect('write'), { user: person, password: next(person) }, deps),
  'gatepost user set-role is run': ({ database, deps }, { id }) =>
    changeUser(database.connect('write'), { id, role: 'admin' }, deps),
}

async function patchUser({ there, admin }: Instances, { id }: Person, json: object) {
  hasStatus(await there.patch(`/users/${id}`, { token: admin.token, json }), 200)
}

function hasStatus({ status, text }: ApiResponse, expected: number) {
  if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text}`)
}

/** A user with a password that no other test uses, and a second session. */
async function userWithTwoSessions({ here }: Instances) {
  const person = await newUser(here, { password: `${crypto.randomUUID()} horse` })
  const { json } = await logIn(here, person)
  return { person, second: json.access_token as string }
}

/** Repeats a test as often as configured, some attempts at the same time. */
async function repeat(work: () => Promise<void>) {
  for (let done = 0; done < attempts; done += atOnce) await Promise.all(Array.from({ length: atOnce }, work))
}

/** The response may contain a session, but after a second neither instance accepts its tokens. */
async function expectNoSession({ here, there }: Instances, { status, json }: ApiResponse) {
  if (status !== 200) return
  for (const api of [here, there]) {
    expect(await refusedWithinASecond(api, json.access_token)).toBe('auth.session_revoked')
    const refreshed = await api.post('/auth/refresh', { json: { refresh_token: json.refresh_token } })
    expect(refreshed.json.code).toBe('auth.session_revoked')
  }
}

const pairs = Object.entries(checks).flatMap(([what, check]) =>
  Object.entries(changes).map(([when, change]) => ({ what, when, check, change })),
)

describe.each([
  ['PostgreSQL', openPostgresInstances],
  ['the embedded database', openEmbeddedInstances],
])('races on %s', (_name, open) => {
  let instances: Instances
  beforeAll(async () => {
    instances = await open()
  })

  test.each(pairs)(
    '$what writes nothing when $when after its password was checked',
    async ({ check, change }) => {
      await repeat(async () => {
        const { person, second } = await userWithTwoSessions(instances)
        const held = gate.hold(person.password)
        const response = check(instances.here, person)
        await held.isChecked
        await change(instances, person, second)
        held.release()
        expect((await response).status).toBeOneOf([401, 403])
      })
    },
  )
})

describe('races within a statement on PostgreSQL', () => {
  let instances: Instances
  let control: postgres.Sql
  const key = 4711

  beforeAll(async () => {
    server = await startPostgres()
    const url = await server.createDatabase()
    await migrate({ url })
    const second = await openTestDatabase(url)
    cleanups.push(second.close)
    instances = await openInstances(await openTestDatabase(url), second)
    control = postgres(url, { max: 2, onnotice: () => {} })
    cleanups.unshift(() => control.end())
    await holdWrites(control)
  })

  /** Holds a lock for which all writes wait. */
  const holdWrites = (sql: postgres.Sql) =>
    sql.unsafe(`
      create function hold() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(${key}); return null; end $$;
      create trigger hold_session after insert on sessions for each row execute function hold();
      create trigger hold_admin after insert on users for each row when (new.role = 'admin') execute function hold();
      create trigger hold_user after update or delete on users for each row execute function hold()`)

  /** Waits until this number of statements waits for a lock. */
  async function waiting(count: number, sql = control) {
    await expect
      .poll(
        async () => {
          const [row] = await sql`
          select count(*)::int from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
          return row?.count
        },
        { timeout: 4000, interval: 10 },
      )
      .toBe(count)
  }

  const single = pairs.filter(({ when }) => !when.endsWith('enabled again'))

  test.each(single.filter(({ what }) => what.startsWith('a log-in')))(
    '$what that is being stored when $when ends at once',
    async ({ check, change }) => {
      for (let done = 0; done < Math.min(attempts, 100); done++) {
        const { person, second } = await userWithTwoSessions(instances)
        await control
          .begin(async (sql) => {
            await sql`select pg_advisory_xact_lock(${key})`
            const response = check(instances.here, person)
            await waiting(1)
            const changed = change(instances, person, second)
            await waiting(2)
            return { response, changed }
          })
          .then(async ({ response, changed }) => {
            await changed
            await expectNoSession(instances, await response)
          })
      }
    },
  )

  test.each(single.filter(({ check }) => check === logIn))(
    '$what waits while $when, and is then refused',
    async ({ change }) => {
      for (let done = 0; done < Math.min(attempts, 100); done++) {
        const { person, second } = await userWithTwoSessions(instances)
        const held = gate.hold(person.password)
        const response = logIn(instances.here, person)
        await held.isChecked
        await control
          .begin(async (sql) => {
            await sql`select pg_advisory_xact_lock(${key})`
            const changed = change(instances, person, second)
            await waiting(1)
            held.release()
            await waiting(2)
            return { changed }
          })
          .then(({ changed }) => changed)
        expect((await response).status).toBe(401)
      }
    },
  )

  test('A refresh that waits for a new password keeps the session of that change', async () => {
    const { person, second } = await userWithTwoSessions(instances)
    const { json } = await logIn(instances.here, person)
    const [changed, refreshed] = await control.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const change = putPassword(instances.there, person, json.access_token)
      await waiting(1)
      const refresh = instances.here.post('/auth/refresh', { json: { refresh_token: json.refresh_token } })
      await waiting(2)
      return [change, refresh] as const
    })
    hasStatus(await changed, 204)
    hasStatus(await refreshed, 200)
    expect(
      (await instances.here.get('/auth/whoami', { token: (await refreshed).json.access_token })).status,
    ).toBe(200)
    expect(await refusedWithinASecond(instances.here, second)).toBe('auth.session_revoked')
  })

  test('If two servers with different settings start at once, one of them creates its first admin', async () => {
    const url = await server.createDatabase()
    await migrate({ url })
    const both = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
    const watcher = postgres(url, { max: 2, onnotice: () => {} })
    cleanups.unshift(() => watcher.end())
    cleanups.push(...both.map(({ close }) => close))
    await holdWrites(watcher)
    const started = await watcher.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const starting = both.map((database, number) => {
        const adminSettings = { ADMIN_USERNAME: `chief${number}x`, ADMIN_EMAIL: `${number}@example.com` }
        const config = { ...instances.deps.config, ...adminSettings }
        return ensureFirstAdmin({ ...instances.deps, config }, database.connect('write'))
      })
      await waiting(2, watcher)
      return [Promise.all(starting)] as const
    })
    await started[0]
    expect(await watcher`select role from users`).toEqual([{ role: 'admin' }])
  })

  test('An admin who is being demoted cannot make another user an admin, on either instance', async () => {
    const [{ person }, { person: bystander }] = [
      await userWithTwoSessions(instances),
      await userWithTwoSessions(instances),
    ]
    await patchUser(instances, person, { role: 'admin' })
    const { json } = await logIn(instances.here, person)
    const [demoted, promoted] = await control.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const demotion = instances.there.patch(`/users/${person.id}`, {
        token: instances.admin.token,
        json: { role: 'user' },
      })
      await waiting(1)
      const promotion = instances.here.patch(`/users/${bystander.id}`, {
        token: json.access_token,
        json: { role: 'admin' },
      })
      await waiting(2)
      return [demotion, promotion] as const
    })
    hasStatus(await demoted, 200)
    expect((await promoted).json.code).toBe('auth.session_revoked')
  })
})
