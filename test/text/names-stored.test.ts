import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asc, eq, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { ensureFirstAdmin } from '../../src/accounts/first-admin.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createDeps } from '../../src/node/deps.ts'
import { fillSkeletons } from '../../src/users/fill-skeletons.ts'
import { users } from '../../src/users/users.table.ts'
import { exported, gatepost, imported, refusedImport } from '../support/gatepost.ts'
import { openTestDatabase } from '../support/in-process.ts'
import { rootAdmin, testSettings } from '../support/settings.ts'

const root = mkdtempSync(join(tmpdir(), 'gatepost-names-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const idOf = (number: number) => `019a9f6e-7c3a-7b64-9d3e-${String(number).padStart(12, '0')}`
const row = (number: number, username: string) => ({
  id: idOf(number),
  username,
  email: `${number}@example.com`,
  passwordHash: '-',
})

vi.setConfig({ testTimeout: 120_000 }) // databases are created and programs started

describe('accounts that are older than the rule of look-alikes', () => {
  test('Older accounts keep their names, and the oldest of several look-alikes gets the skeleton', async () => {
    const database = await openTestDatabase()
    const db = database.connect('write')
    await db.insert(users).values([row(1, 'adal'), row(2, 'ada1'), row(3, 'bob')])
    // More accounts than a batch; the last one looks like the first.
    await db.execute(sql`
      insert into users (id, username, email, password_hash)
      select ('019a9f6e-7c3a-7b64-9d3f-' || lpad(n::text, 12, '0'))::uuid, 'u' || n, 'u' || n || '@example.com', '-'
      from generate_series(2, 1500) as n`)
    await db.insert(users).values({ ...row(9, 'b0b'), id: '019a9f6e-7c3a-7b64-9d40-000000000000' })
    await fillSkeletons(db)
    const named = await db
      .select({ username: users.username, skeleton: users.usernameSkeleton })
      .from(users)
      .where(sql`username in ('adal', 'ada1', 'bob', 'b0b', 'u1500')`)
      .orderBy(asc(users.id))
    expect(named).toEqual([
      { username: 'adal', skeleton: 'adal' },
      { username: 'ada1', skeleton: null },
      { username: 'bob', skeleton: 'bob' },
      { username: 'u1500', skeleton: 'ul5oo' },
      { username: 'b0b', skeleton: null },
    ])
    await db.delete(users).where(eq(users.username, 'adal'))
    expect(await fillSkeletons(db)).toBe(1) // no other account has this skeleton now
    await database.close()
  })
})

describe('the first admin', () => {
  test.each([
    ['its name', rootAdmin.username],
    ['one that looks like it', 'r0ot-admin'],
  ])('The first admin gets a number after its name if another user has %s', async (_what, taken) => {
    const database = await openTestDatabase()
    const db = database.connect('write')
    await db.insert(users).values(row(1, taken))
    await fillSkeletons(db)
    const { deps, close } = await createDeps(parseConfig(testSettings), database)
    await ensureFirstAdmin(deps, db)
    await ensureFirstAdmin(deps, db) // the next start creates no other admin
    const all = await db
      .select({ username: users.username, role: users.role })
      .from(users)
      .orderBy(asc(users.createdAt))
    expect(all.filter(({ role }) => role === 'admin')).toEqual([
      { username: `${rootAdmin.username}-2`, role: 'admin' },
    ])
    expect(all).toContainEqual({ username: taken, role: 'user' })
    await close()
    await database.close()
  })
})

describe('export and import', () => {
  const env = (name: string) => ({ DATA_DIR: join(root, name) })

  test('Export and import keep usernames, display names and addresses of any script, and refuse look-alikes', async () => {
    const created = await gatepost(
      ['user', 'create', '--username', 'ﾎﾝﾀﾞ'.normalize('NFC'), '--email', '혼다@예시.한국'],
      env('from'),
      'correct horse battery',
    )
    expect(created.stdout).toMatch(/^Made user ホンダ /)
    const reserved = ['user', 'create', '--username', 'support', '--email', 's@example.com']
    expect((await gatepost(reserved, env('from'), 'correct horse battery')).code).toBe(0)
    const text = await exported(env('from'))
    const file = join(root, 'users.jsonl')
    const named = text.replace('"username":"ホンダ"', '"username":"ホンダ","name":"本田 宗一郎"')
    writeFileSync(file, named)
    await imported(env('to'), file)
    expect(await exported(env('to'))).toBe(named)
    const list = await gatepost(['user', 'list'], env('to'))
    expect(list.stdout).toContain(
      'ホンダ                            혼다@예시.한국'.replace('혼다@예시.한국', ''),
    )
    const role = await gatepost(['user', 'set-role', 'ﾎﾝﾀﾞ', 'admin'], env('to'))
    expect([role.stdout, role.stderr]).toEqual(['ホンダ is now admin.\n', ''])

    const other = named.replaceAll('"support"', '"supp0rt"').replace(/"id":"0/g, '"id":"1')
    writeFileSync(file, other.replaceAll('s@example.com', 't@example.com'))
    expect(await refusedImport(env('to'), file)).toMatch(/username: (Looks like|Belongs to)/)
  })
})
