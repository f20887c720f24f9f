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

// What was checked must still hold when it is written, however two requests meet. One of them is held between its
// check and its write, so that each try hits the window. RACE_TRIES=1000 makes more tries of each pair.

const tries = Number(process.env.RACE_TRIES ?? 3)
const atOnce = Math.min(tries, 25)

/** Two instances on one database, and what the command line has. */
interface World {
  here: Api
  there: Api
  admin: Person
  database: DatabaseHandle
  deps: Deps
}

const gate = gatedHasher(4)
const closing: (() => Promise<unknown>)[] = []
let server: TestPostgres

async function openWorld(first: DatabaseHandle, second: DatabaseHandle): Promise<World> {
  const [here, there] = await Promise.all(
    [first, second].map((database) => openClockedApi({}, { database, passwords: gate.hasher })),
  )
  if (!here || !there) throw new Error('Two instances are needed.')
  const { deps, close } = await createDeps(parseConfig(testSettings), first)
  closing.push(here.close, there.close, close, first.close)
  const admin = await newAdmin(here.api)
  return {
    here: here.api,
    there: there.api,
    admin,
    database: first,
    deps: { ...deps, passwords: gate.hasher, revocations: revocationsByLookUp() },
  }
}

async function openPostgresWorld(): Promise<World> {
  server = await startPostgres()
  const url = await server.createDatabase()
  await migrate({ url })
  const second = await openTestDatabase(url)
  closing.push(second.close)
  return openWorld(await openTestDatabase(url), second)
}

async function openEmbeddedWorld(): Promise<World> {
  const database = await openTestDatabase()
  return openWorld(database, database)
}

afterAll(async () => {
  for (const close of closing) await close()
  await server?.stop()
})

const next = (person: Person) => `next ${person.password}`

type Check = (api: Api, person: Person) => Promise<ApiResponse>

const logIn: Check = (api, { username, password }) =>
  api.post('/auth/token', { json: { username, password } })

/** What checks a password and then writes. */
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
  'a deletion of the account': (api, { token, password }) =>
    api.delete('/users/me', { token, json: { password } }),
}

const putPassword = (api: Api, person: Person, token: string) =>
  api.put('/users/me/password', {
    token,
    json: { current_password: person.password, new_password: next(person) },
  })

type Change = (world: World, person: Person, second: string) => Promise<unknown>

/** What makes that password, or what it allows, one of the past. */
const changes: Record<string, Change> = {
  'the password is changed': async ({ there }, person, second) =>
    hasStatus(await putPassword(there, person, second), 204),
  'the account is disabled': (world, person) => patchUser(world, person, { disabled: true }),
  'the account is disabled and enabled again': async (world, person) => {
    await patchUser(world, person, { disabled: true })
    await patchUser(world, person, { disabled: false })
  },
  'the account becomes an admin’s': (world, person) => patchUser(world, person, { role: 'admin' }),
  'the account is deleted': async ({ there }, { password }, second) =>
    hasStatus(await there.delete('/users/me', { token: second, json: { password } }), 204),
  'gatepost user set-password is run': ({ database, deps }, person) =>
    setPassword(database.connect('write'), { user: person, password: next(person) }, deps),
  'gatepost user set-role is run': ({ database, deps }, { id }) =>
    changeUser(database.connect('write'), { id, role: 'admin' }, deps),
}

async function patchUser({ there, admin }: World, { id }: Person, json: object) {
  hasStatus(await there.patch(`/users/${id}`, { token: admin.token, json }), 200)
}

function hasStatus({ status, text }: ApiResponse, expected: number) {
  if (status !== expected) throw new Error(`${status} instead of ${expected}: ${text}`)
}

/** Somebody with a password of their own and a second session. */
async function newcomer({ here }: World) {
  const person = await newUser(here, { password: `${crypto.randomUUID()} horse` })
  const { json } = await logIn(here, person)
  return { person, second: json.access_token as string }
}

/** As many tries as are asked for, some at a time. */
async function repeat(work: () => Promise<void>) {
  for (let done = 0; done < tries; done += atOnce) await Promise.all(Array.from({ length: atOnce }, work))
}

/** A session that was opened may be there, but no token of it is good after a second, on either instance. */
async function expectNoSession({ here, there }: World, { status, json }: ApiResponse) {
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
  ['PostgreSQL', openPostgresWorld],
  ['the embedded database', openEmbeddedWorld],
])('on %s', (_name, open) => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })

  test.each(pairs)(
    '$what writes nothing when $when after its password was checked',
    async ({ check, change }) => {
      await repeat(async () => {
        const { person, second } = await newcomer(world)
        const held = gate.hold(person.password)
        const response = check(world.here, person)
        await held.isChecked
        await change(world, person, second)
        held.release()
        expect((await response).status).toBeOneOf([401, 403])
      })
    },
  )
})

describe('on PostgreSQL, held within a statement', () => {
  let world: World
  let control: postgres.Sql
  const key = 4711

  beforeAll(async () => {
    server = await startPostgres()
    const url = await server.createDatabase()
    await migrate({ url })
    const second = await openTestDatabase(url)
    closing.push(second.close)
    world = await openWorld(await openTestDatabase(url), second)
    control = postgres(url, { max: 2, onnotice: () => {} })
    closing.unshift(() => control.end())
    await holdWrites(control)
  })

  /** Writes wait while somebody has the lock. */
  const holdWrites = (sql: postgres.Sql) =>
    sql.unsafe(`
      create function hold() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock_shared(${key}); return null; end $$;
      create trigger hold_session after insert on sessions for each row execute function hold();
      create trigger hold_admin after insert on users for each row when (new.role = 'admin') execute function hold();
      create trigger hold_user after update or delete on users for each row execute function hold()`)

  /** Waits until so many statements wait for a lock. */
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
      for (let done = 0; done < Math.min(tries, 100); done++) {
        const { person, second } = await newcomer(world)
        await control
          .begin(async (sql) => {
            await sql`select pg_advisory_xact_lock(${key})`
            const response = check(world.here, person)
            await waiting(1)
            const changed = change(world, person, second)
            await waiting(2)
            return { response, changed }
          })
          .then(async ({ response, changed }) => {
            await changed
            await expectNoSession(world, await response)
          })
      }
    },
  )

  test.each(single.filter(({ check }) => check === logIn))(
    '$what waits while $when, and is then refused',
    async ({ change }) => {
      for (let done = 0; done < Math.min(tries, 100); done++) {
        const { person, second } = await newcomer(world)
        const held = gate.hold(person.password)
        const response = logIn(world.here, person)
        await held.isChecked
        await control
          .begin(async (sql) => {
            await sql`select pg_advisory_xact_lock(${key})`
            const changed = change(world, person, second)
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

  test('a refresh that waits for a new password keeps the session of that change', async () => {
    const { person, second } = await newcomer(world)
    const { json } = await logIn(world.here, person)
    const [changed, refreshed] = await control.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const change = putPassword(world.there, person, json.access_token)
      await waiting(1)
      const refresh = world.here.post('/auth/refresh', { json: { refresh_token: json.refresh_token } })
      await waiting(2)
      return [change, refresh] as const
    })
    hasStatus(await changed, 204)
    hasStatus(await refreshed, 200)
    expect(
      (await world.here.get('/auth/whoami', { token: (await refreshed).json.access_token })).status,
    ).toBe(200)
    expect(await refusedWithinASecond(world.here, second)).toBe('auth.session_revoked')
  })

  test('of two servers that start at once with different settings, one makes its first admin', async () => {
    const url = await server.createDatabase()
    await migrate({ url })
    const both = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
    const watcher = postgres(url, { max: 2, onnotice: () => {} })
    closing.unshift(() => watcher.end())
    closing.push(...both.map(({ close }) => close))
    await holdWrites(watcher)
    const started = await watcher.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const starting = both.map((database, number) => {
        const own = { ADMIN_USERNAME: `chief${number}x`, ADMIN_EMAIL: `${number}@example.com` }
        const config = { ...world.deps.config, ...own }
        return ensureFirstAdmin({ ...world.deps, config }, database.connect('write'))
      })
      await waiting(2, watcher)
      return [Promise.all(starting)] as const
    })
    await started[0]
    expect(await watcher`select role from users`).toEqual([{ role: 'admin' }])
  })

  test('an admin who is being demoted makes nobody an admin, on either instance', async () => {
    const [{ person }, { person: bystander }] = [await newcomer(world), await newcomer(world)]
    await patchUser(world, person, { role: 'admin' })
    const { json } = await logIn(world.here, person)
    const [demoted, promoted] = await control.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${key})`
      const demotion = world.there.patch(`/users/${person.id}`, {
        token: world.admin.token,
        json: { role: 'user' },
      })
      await waiting(1)
      const promotion = world.here.patch(`/users/${bystander.id}`, {
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
