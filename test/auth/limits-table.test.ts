import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { cleanUpLimits } from '../../src/limits/limits.cleanup.ts'
import { limits } from '../../src/limits/limits.table.ts'
import { databaseKinds, limitedApps, newAddress, password, wrong } from '../support/limited-apps.ts'

describe.each(databaseKinds)('the table of counters on %s', (kind) => {
  const { openApp, rows, db } = limitedApps(kind)

  const count = async (text: string) => {
    const [row] = await db()
      .select({ n: sql`count(*)`.mapWith(Number) })
      .from(limits)
      .where(sql.raw(text))
    return row?.n ?? 0
  }

  test('Keys have the same length for every name', async () => {
    const { logIn } = await openApp()
    await logIn('x'.repeat(254), wrong, newAddress())
    // One row is not an attempt: it records that the first admin exists.
    expect(await count("length(key) <> 43 and key <> 'first admin'")).toBe(0)
  })

  test('Refused attempts add no rows', async () => {
    const { logIn, fail } = await openApp({ LOGIN_ADDRESS_LIMIT: '2' })
    const from = newAddress()
    await fail('nobody', from, 2)
    const before = await rows()
    for (let n = 0; n < 20; n++) expect((await logIn(`nobody-${n}`, wrong, from)).status).toBe(429)
    expect(await rows()).toBe(before)
  })

  test('New attempts delete more expired rows than they add', async () => {
    const { logIn, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
    for (let n = 0; n < 40; n++) await logIn(`gone-${n}`, wrong, newAddress())
    clock.now += 200 * 86_400_000 // all rows of all tests have expired
    const before = await rows()
    for (let n = 0; n < 10; n++) await logIn(`new-${n}`, wrong, newAddress())
    expect(await rows()).toBeLessThanOrEqual(before - 10 * (8 - 4))
  })

  test('The cleanup deletes expired rows and keeps the others', async () => {
    const { fail, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
    clock.now = Date.now() + 400 * 86_400_000
    await cleanUpLimits(db(), { now: clock.now - 1 })
    await fail(`early-${kind}`, newAddress(), 1)
    clock.now += 600_000
    await fail(`late-${kind}`, newAddress(), 1)
    const before = await rows()
    expect(await cleanUpLimits(db(), { now: clock.now })).toBe(0)
    expect(await cleanUpLimits(db(), { now: clock.now + 300_000 })).toBe(4)
    expect(await rows()).toBe(before - 4)
    expect(await cleanUpLimits(db(), { now: clock.now + 900_000 })).toBe(4)
  })

  test('The table never exceeds its maximum: the rows that expire first are deleted', async () => {
    const { register, logIn, fail, clock } = await openApp({ LOGIN_ACCOUNT_WINDOW: '15m' })
    const { username, address } = await register()
    for (let n = 0; n < 10; n++) await fail(`many-${n}`, newAddress(), 1)
    const now = clock.now
    await cleanUpLimits(db(), { now, max: 12 })
    expect(await rows()).toBe(12)
    await cleanUpLimits(db(), { now, max: 1 })
    const kept = await db().select({ at: limits.expiresAt }).from(limits)
    expect(kept).toEqual([{ at: new Date(now + 90 * 86_400_000) }]) // the known address, kept for 90 days
    expect((await logIn(username, password, address)).status).toBe(200)
  })
})
