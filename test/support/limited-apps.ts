import { afterAll, beforeAll, expect } from 'vitest'
import type { PasswordHasher } from '../../src/api/ports.ts'
import { inlineHasher } from '../../src/auth/passwords/passwords.ts'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { limits } from '../../src/limits/limits.table.ts'
import { createContract } from './contract.ts'
import { createTestApp, openTestDatabase } from './in-process.ts'
import { sharePostgres, type TestPostgres } from './postgres.ts'

export const password = 'correct horse battery'
export const wrong = 'wrong horse battery'

export const databaseKinds = ['the embedded database', 'PostgreSQL'] as const

export interface LimitedResponse {
  status: number
  code: string | undefined
  headers: Headers
  json: any
  /** The members of `RateLimit`, by policy. */
  left: Record<string, { r: number; t: number }>
  retryAfter: number | undefined
}

export interface Call {
  json?: unknown
  from?: string
  headers?: Record<string, string>
  method?: string
}

let lastAddress = 0
/** An address that no other test has, from 198.18.0.0/15, which is reserved for tests (RFC 2544). */
export const newAddress = () => `198.18.${Math.floor(++lastAddress / 250)}.${lastAddress % 250}`

/**
 * Opens apps with limits on one database, and closes them after the tests of the calling `describe`. The test moves the
 * clock, so it never waits. Each test has its own addresses and users, and sets a limit if the default would disturb it.
 */
export function limitedApps(
  kind: (typeof databaseKinds)[number],
  startServer: () => Promise<TestPostgres> = sharePostgres,
) {
  let server: TestPostgres | undefined
  let url: string | undefined
  let database: DatabaseHandle
  const opened: (() => Promise<void>)[] = []

  beforeAll(async () => {
    server = kind === 'PostgreSQL' ? await startServer() : undefined
    url = await server?.createDatabase()
    database = await openTestDatabase(url)
  })
  afterAll(async () => {
    for (const close of opened) await close()
    await database?.close()
    await server?.stop()
  })

  async function openApp(env: Record<string, string> = {}, overrides: { passwords?: PasswordHasher } = {}) {
    const clock = { now: Date.now() }
    const checked: string[] = []
    const hasher = overrides.passwords ?? inlineHasher(4)
    const passwords: PasswordHasher = {
      hash: hasher.hash,
      verify: (text, hash) => {
        checked.push(text)
        return hasher.verify(text, hash)
      },
    }
    const app = await createTestApp(
      { RATE_LIMIT: 'on', REGISTER_LIMIT: '100000', ...env },
      { now: () => clock.now, passwords, peerAddress: (c) => c.req.header('x-peer') },
      database,
    )
    opened.push(app.close)
    const document = await app.fetch(new Request('http://localhost/openapi.json'))
    const contract = createContract((await document.json()) as object)

    const call = async (
      path: string,
      { json, from, headers, method = 'POST' }: Call = {},
    ): Promise<LimitedResponse> => {
      const requestHeaders = new Headers({ ...(from && { 'x-peer': from }), ...headers })
      if (json !== undefined) requestHeaders.set('content-type', 'application/json')
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const response = await app.fetch(
        new Request(`http://localhost${path}`, { method, headers: requestHeaders, ...body }),
      )
      const text = await response.text()
      contract.check({ method, path, status: response.status, headers: response.headers, body: text })
      const content = text === '' ? undefined : JSON.parse(text)
      const retryAfter = response.headers.get('retry-after')
      return {
        status: response.status,
        code: content?.code,
        headers: response.headers,
        json: content,
        left: itemsOf(response.headers.get('ratelimit')),
        retryAfter: retryAfter === null ? undefined : Number(retryAfter),
      }
    }
    const logIn = (username: string, secret: string, from = '') =>
      call('/auth/token', { json: { username, password: secret }, from })
    const register = async (from = newAddress()) => {
      const username = `u-${crypto.randomUUID().slice(0, 12)}`
      const account = { username, email: `${username}@example.com`, password }
      const response = await call('/users', { json: account, from })
      expect(response.status).toBe(201)
      return { ...account, address: from, session: response.json }
    }
    /** Sends wrong log-ins one after another, and returns their statuses. */
    const fail = async (username: string, from: string, times: number) => {
      const statuses: number[] = []
      for (let n = 0; n < times; n++) statuses.push((await logIn(username, wrong, from)).status)
      return statuses
    }
    return { call, logIn, register, fail, checked, clock, contract, fetch: app.fetch }
  }

  const db = () => database.connect('write')
  const rows = async () => db().$count(limits)
  return { openApp, rows, db, url: () => url ?? '' }
}

/** The members of a RateLimit field, parsed as strictly as a structured field (RFC 9651). */
function itemsOf(field: string | null): Record<string, { r: number; t: number }> {
  if (field === null) return {}
  return Object.fromEntries(
    field.split(', ').map((member) => {
      const [, name, r, t] = /^"([a-z-]+)";r=(\d{1,15});t=(\d{1,15})$/.exec(member) ?? []
      if (!name) throw new Error(`Not a member of RateLimit: ${member}`)
      return [name, { r: Number(r), t: Number(t) }]
    }),
  )
}
