import { describe, expect, test } from 'vitest'
import { databaseKinds, limitedApps, newAddress, password, wrong } from '../support/limited-apps.ts'

describe.each(databaseKinds)('guesses from many addresses on %s', (kind) => {
  const { openApp } = limitedApps(kind)

  const env = { LOGIN_ACCOUNT_LIMIT: '5', LOGIN_ACCOUNT_WAIT: '10s' }

  test('Guesses from many addresses wait longer each time, all together, up to the longest wait', async () => {
    const { logIn, register, clock, checked } = await openApp(env)
    const { username } = await register()
    for (let n = 0; n < 5; n++) expect((await logIn(username, wrong, newAddress())).status).toBe(401)
    const waits: (number | undefined)[] = []
    for (let n = 0; n < 7; n++) {
      const refused = await logIn(username, wrong, newAddress())
      expect([refused.status, Object.keys(refused.left)]).toEqual([429, ['login-account']])
      waits.push(refused.retryAfter)
      clock.now += (refused.retryAfter ?? 0) * 1000
      expect((await logIn(username, wrong, newAddress())).status).toBe(401)
    }
    expect(waits).toEqual([1, 2, 4, 8, 10, 10, 10])
    expect(checked).toHaveLength(12)
  })

  test('Such guesses do not delay the owner at an address that has logged in before', async () => {
    const { logIn, register, fail, checked } = await openApp(env)
    const { username, address } = await register()
    const office = newAddress()
    await logIn(username, password, office)
    for (let n = 0; n < 20; n++) await logIn(username, wrong, newAddress())
    expect((await logIn(username, password, newAddress())).status).toBe(429)
    expect((await logIn(username, password, office)).status).toBe(200)
    expect((await logIn(username, password, address)).status).toBe(200) // the address of the registration
    expect(checked).toHaveLength(8)
    expect(await fail(username, office, 11)).toEqual([...Array(10).fill(401), 429])
  })

  test('Such guesses delay the owner at a new address no longer than the wait', async () => {
    const { logIn, register, clock } = await openApp(env)
    const { username } = await register()
    for (let n = 0; n < 20; n++) await logIn(username, wrong, newAddress())
    const home = newAddress()
    const refused = await logIn(username, password, home)
    expect(refused.status).toBe(429)
    clock.now += (refused.retryAfter ?? 0) * 1000
    expect((await logIn(username, password, home)).status).toBe(200)
    await logIn(username, wrong, newAddress())
    expect((await logIn(username, password, home)).status).toBe(200)
  })

  test('Such guesses are remembered over a pause, until the window ends', async () => {
    const { logIn, register, clock } = await openApp({ ...env, LOGIN_ACCOUNT_WINDOW: '1h' })
    const { username } = await register()
    const guess = () => logIn(username, wrong, newAddress())
    for (let n = 0; n < 6; n++) await guess()
    for (const wait of [2, 4]) {
      clock.now += 3_500_000
      expect((await guess()).status).toBe(401)
      expect((await guess()).retryAfter).toBe(wait)
    }
    clock.now += 3_600_000
    for (let n = 0; n < 5; n++) expect((await guess()).status).toBe(401)
    expect((await guess()).status).toBe(429)
  })

  test('Such guesses delay the owner at an address whose last log-in was too long ago', async () => {
    const { logIn, register, clock } = await openApp({ ...env, KNOWN_ADDRESS_TTL: '30d' })
    const { username, address } = await register()
    for (let n = 0; n < 6; n++) await logIn(username, wrong, newAddress())
    expect((await logIn(username, password, address)).status).toBe(200)
    clock.now += 30 * 86_400_000
    for (let n = 0; n < 6; n++) await logIn(username, wrong, newAddress())
    expect((await logIn(username, password, address)).status).toBe(429)
  })
})
