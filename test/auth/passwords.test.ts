import { performance } from 'node:perf_hooks'
import { compareSync, getRounds, hashSync } from 'bcryptjs'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PasswordHasher } from '../../src/api/ports.ts'
import { dummyHash, inlineHasher } from '../../src/auth/passwords/passwords.ts'
import { passwordPool } from '../../src/node/passwords/password-pool.ts'
import { start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { createContract } from '../support/contract.ts'
import { createTestApp, openTestDatabase } from '../support/in-process.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

const password = 'correct horse battery'
const wrong = 'battery horse correct'

const basic = (name: string, word: string) => ({ authorization: `Basic ${btoa(`${name}:${word}`)}` })
const logIn = (url: string, name: string, word: string) =>
  fetch(`${url}/auth/token`, { method: 'POST', headers: basic(name, word) })

describe('hashing', () => {
  /** The share of the time in which this thread was busy, from 0 to 1. */
  async function utilization(work: () => Promise<unknown>) {
    const before = performance.eventLoopUtilization()
    await work()
    return performance.eventLoopUtilization(before).utilization
  }
  const eight = ({ verify }: PasswordHasher, hash: string) =>
    Promise.all(Array.from({ length: 8 }, () => verify(wrong, hash)))

  test('Hashing eight passwords does not block the event loop', async () => {
    await using pool = disposable(passwordPool({ cost: 12, queue: 64 }))
    await pool.hash(password) // a thread has started
    expect(await utilization(() => eight(pool, dummyHash(12)))).toBeLessThan(0.5)
    // The same work on this thread, for comparison.
    expect(await utilization(() => eight(inlineHasher(8), dummyHash(8)))).toBeGreaterThan(0.8)
  })

  test('Hashing is correct, and refuses passwords that bcrypt would truncate', async () => {
    await using pool = disposable(passwordPool({ cost: 4, queue: 64 }))
    const hash = await pool.hash(password)
    expect(getRounds(hash)).toBe(4)
    expect(await Promise.all([pool.verify(password, hash), pool.verify(wrong, hash)])).toEqual([true, false])
    const long = 'a'.repeat(72)
    expect(await pool.verify(`${long}b`, await pool.hash(long))).toBe(false)
  })

  test('Passwords beyond the queue are refused, and the rest are hashed', async () => {
    await using pool = disposable(passwordPool({ cost: 8, queue: 2 }))
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => pool.hash(password)))
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(results.length - refused.length).toBeGreaterThanOrEqual(2)
    for (const result of refused) expect(result).toMatchObject({ reason: { code: 'service.overloaded' } })
    expect(await pool.verify(password, await pool.hash(password))).toBe(true)
  })
})

test('Log-ins beyond the queue get a 503 with Retry-After', {
  timeout: 60_000,
}, async () => {
  await using folder = temporaryFolder()
  const env = { DATABASE_URL: await server.createDatabase(), PASSWORD_QUEUE: '1', BCRYPT_COST: '12' }
  await using service = await start(folder.path, env)
  const contract = createContract((await (await fetch(`${service.url}/openapi.json`)).json()) as object)
  const attempts = Array.from({ length: 12 }, async () => {
    const response = await logIn(service.url, 'nobody', wrong)
    const { status, headers } = response
    const body = await response.text()
    contract.check({ method: 'POST', path: '/auth/token', status, headers, body })
    return { status, code: JSON.parse(body).code, retryAfter: headers.get('retry-after') }
  })
  const responses = await Promise.all(attempts)
  const busy = responses.filter(({ status }) => status === 503)
  expect(busy.length).toBeGreaterThan(0)
  for (const response of busy) {
    expect(response).toMatchObject({ code: 'service.overloaded', retryAfter: expect.stringMatching(/^\d+$/) })
  }
  const others = responses.filter(({ status }) => status !== 503)
  expect(others.length).toBeGreaterThan(0)
  for (const response of others) expect(response).toMatchObject({ status: 401, code: 'auth.bad_credentials' })
  expect((await logIn(service.url, rootAdmin.username, rootAdmin.password)).status).toBe(200)
})

test('A weaker hash is replaced at log-in, a stronger one is kept', async () => {
  const DATABASE_URL = await server.createDatabase()
  const sql = postgres(DATABASE_URL, { max: 1 })
  const database = await openTestDatabase(DATABASE_URL)
  const costAfterLogInAt = async (cost: string, word = rootAdmin.password) => {
    const app = await createTestApp({ BCRYPT_COST: cost }, {}, database)
    const headers = basic(rootAdmin.username, word)
    await app.fetch(new Request('http://localhost/auth/token', { method: 'POST', headers }))
    await app.close()
    const [user] = await sql`SELECT password_hash AS hash FROM users`
    expect(compareSync(rootAdmin.password, user?.hash)).toBe(true)
    return getRounds(user?.hash)
  }
  try {
    expect(await costAfterLogInAt('4')).toBe(4)
    expect(await costAfterLogInAt('5', wrong)).toBe(4)
    expect(await costAfterLogInAt('5')).toBe(5)
    expect(await costAfterLogInAt('4')).toBe(5)
  } finally {
    await database.close()
    await sql.end()
  }
})

describe('unknown users', () => {
  test.for([4, 10, 12])(
    'At cost %i, an unknown user is compared against a hash for which bcrypt does the full work',
    (cost) => {
      const hash = dummyHash(cost)
      expect(hash).toMatch(/^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/)
      expect(getRounds(hash)).toBe(cost)
      if (cost > 10) return
      // bcryptjs stops before hashing if a hash is malformed. With this hash it finishes.
      expect(hashSync(password, hash)).toHaveLength(60)
      expect(hashSync(password, hash).slice(0, 29)).toBe(hash.slice(0, 29))
      expect(compareSync('', hash)).toBe(false)
    },
  )

  test('An unknown user costs exactly as much work as a known user', async () => {
    const hashed: string[] = []
    const real = inlineHasher(4)
    const counting: PasswordHasher = {
      hash: (word) => {
        hashed.push('hash')
        return real.hash(word)
      },
      verify: (word, hash) => {
        hashed.push(`verify at cost ${getRounds(hash)}`)
        return real.verify(word, hash)
      },
    }
    const app = await createTestApp({}, { passwords: counting })
    const hashesFor = async (name: string, word: string) => {
      hashed.length = 0
      const request = new Request('http://localhost/auth/token', {
        method: 'POST',
        headers: basic(name, word),
      })
      const { status } = await app.fetch(request)
      return [status, ...hashed]
    }
    try {
      expect(await hashesFor(rootAdmin.username, rootAdmin.password)).toEqual([200, 'verify at cost 4'])
      expect(await hashesFor(rootAdmin.username, wrong)).toEqual([401, 'verify at cost 4'])
      expect(await hashesFor('nobody', wrong)).toEqual([401, 'verify at cost 4'])
      expect(await hashesFor('nobody@example.com', wrong)).toEqual([401, 'verify at cost 4'])
    } finally {
      await app.close()
    }
  })
})

function disposable<T extends { close(): Promise<void> }>(pool: T): T & AsyncDisposable {
  return { ...pool, [Symbol.asyncDispose]: pool.close }
}
