import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { inlineHasher } from '../../src/auth/passwords/passwords.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import {
  databaseKinds,
  type LimitedResponse,
  limitedApps,
  newAddress,
  password,
  wrong,
} from '../support/limited-apps.ts'
import { startPostgres } from '../support/postgres.ts'

describe.each(databaseKinds)('concurrent log-ins on %s', (kind) => {
  // A separate server: one test counts the waiting connections of the whole server.
  const { openApp, rows, url } = limitedApps(kind, startPostgres)

  /** Checks no password until the test releases it. */
  function slowHasher() {
    const gate = Promise.withResolvers<void>()
    const hasher = inlineHasher(4)
    return {
      release: gate.resolve,
      passwords: {
        hash: hasher.hash,
        verify: async (text: string, hash: string) => {
          await gate.promise
          return hasher.verify(text, hash)
        },
      },
    }
  }

  test('Of fifty concurrent guesses ten are checked, and the others use up no other counter', async () => {
    const { passwords, release } = slowHasher()
    const { logIn, register, checked } = await openApp({ LOGIN_ADDRESS_LIMIT: '50' }, { passwords })
    const { username } = await register()
    const from = newAddress()
    let refused = 0
    const guesses = Array.from({ length: 50 }, async (_, n) => {
      const response = await logIn(username, `${wrong} ${n}`, from)
      if (response.status === 429) {
        expect(response.retryAfter).toBe(1) // the running attempts may succeed
        refused++
      }
      return response.status
    })
    await expect.poll(() => checked.length, { timeout: 15_000 }).toBe(10)
    await expect.poll(() => refused, { timeout: 15_000 }).toBe(40)
    const late = await logIn(username, password, from)
    expect([late.status, late.retryAfter]).toEqual([429, 1])
    release()
    const statuses = await Promise.all(guesses)
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(40)
    expect(checked).toHaveLength(10)
    expect((await logIn(username, password, from)).retryAfter).toBeGreaterThan(800)
    expect((await logIn(`other-${from}`, wrong, from)).left['login-address']?.r).toBe(39)
  })

  // The embedded database has one connection, so its requests cannot compete.
  if (kind === 'PostgreSQL')
    test('If six requests compete for the last attempt, one gets it', async () => {
      const { logIn, register, fail, checked } = await openApp()
      const { username } = await register()
      const from = newAddress()
      await fail(username, from, 9)
      // Another transaction holds the rows: the six requests each see one attempt left, wait, and then continue
      // together.
      const other = postgres(url(), { max: 2 })
      const waiting = async () => {
        const [row] =
          await other`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`
        return row?.n
      }
      const guesses: Promise<LimitedResponse>[] = []
      await other.begin(async (holder) => {
        await holder`select from limits for update`
        for (let n = 0; n < 6; n++) guesses.push(logIn(username, wrong, from))
        await expect.poll(waiting).toBe(6)
      })
      await other.end()
      const statuses = (await Promise.all(guesses)).map(({ status }) => status)
      expect(statuses.sort()).toEqual([401, 429, 429, 429, 429, 429])
      expect(checked).toHaveLength(10)
      expect((await logIn(`other-${from}`, wrong, from)).left['login-address']?.r).toBe(89) // the five refused ones returned their attempts
    })

  test('Right passwords beyond the limit must wait a second, and then succeed', async () => {
    const { passwords, release } = slowHasher()
    const { logIn, register, checked } = await openApp({ LOGIN_LIMIT: '3' }, { passwords })
    const { username } = await register()
    const from = newAddress()
    const responses = Promise.all(Array.from({ length: 8 }, () => logIn(username, password, from)))
    await expect.poll(() => checked.length).toBe(3)
    expect((await logIn(username, password, from)).retryAfter).toBe(1)
    release()
    const statuses = (await responses).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
    expect(await Promise.all([1, 2, 3].map(() => logIn(username, password, from)))).toMatchObject(
      Array(3).fill({ status: 200, left: { 'login-address': { r: expect.any(Number) } } }),
    )
    expect((await logIn(username, wrong, from)).left).toMatchObject({
      login: { r: 2 },
      'login-address': { r: 99 },
    })
  })

  test('Hundreds of guesses at overlapping accounts and addresses all get a response, without a deadlock', async () => {
    const { logIn, register, checked } = await openApp({ LOGIN_ACCOUNT_LIMIT: '10' })
    const names = await Promise.all(Array.from({ length: 5 }, async () => (await register()).username))
    const addresses = Array.from({ length: 4 }, newAddress)
    const guesses = Array.from({ length: 120 }, (_, n) =>
      logIn(names[n % 5] ?? '', n % 7 === 0 ? password : wrong, addresses[n % 4]),
    )
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => ![200, 401, 429].includes(status))).toEqual([])
    expect(checked).toHaveLength(statuses.filter((status) => status !== 429).length)
  })

  test('An attempt whose password could not be checked is returned and leaves no rows', async () => {
    let isBusy = true
    const hasher = inlineHasher(4)
    const verify = async (text: string, hash: string) => {
      if (isBusy) throw new ApiError('service.overloaded')
      return hasher.verify(text, hash)
    }
    const { logIn, register } = await openApp({}, { passwords: { hash: hasher.hash, verify } })
    const { username } = await register()
    const from = newAddress()
    const before = await rows()
    for (let n = 0; n < 30; n++) expect((await logIn(username, wrong, from)).status).toBe(503)
    for (let n = 0; n < 30; n++) await logIn(`made-up-${n}-${from}`, wrong, from)
    expect((await rows()) - before).toBeLessThan(10)
    isBusy = false
    expect((await logIn(username, wrong, from)).left).toMatchObject({
      login: { r: 9 },
      'login-address': { r: 99 },
    })
  })

  test('Two servers on one database count together, even if their clocks differ', async () => {
    const [one, other] = [await openApp(), await openApp()]
    other.clock.now -= 3000
    const { username } = await one.register()
    const from = newAddress()
    for (let n = 0; n < 5; n++) {
      expect(await one.fail(username, from, 1)).toEqual([401])
      expect(await other.fail(username, from, 1)).toEqual([401])
    }
    expect((await one.logIn(username, password, from)).status).toBe(429)
    expect((await other.logIn(username, password, from)).status).toBe(429)
    expect(one.checked.length + other.checked.length).toBe(10)
  })
})
