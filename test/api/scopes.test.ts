import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type ApiInit, openApi } from '../support/api.ts'
import { newSession, newToken, ownAdmin } from '../support/api-tokens.ts'
import { withUnknownIds } from '../support/examples.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'

// Calls every operation of the served document with every kind of API token. The declared scopes must be enforced.

interface Operation {
  id: string
  method: string
  path: string
  /** Undefined for an operation that is open to everyone. */
  scope: string | undefined
}

const api = await openApi()
const document = (await api.get('/openapi.json')).json
const scopes: string[] = document.components.schemas.TokenScope.enum
const operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
  Object.entries<any>(item).map(
    ([method, operation]): Operation => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      // The ids do not exist and there is no body, so requests that pass the guard change nothing.
      path: withUnknownIds(path, operation),
      scope: operation.security.find((requirement: object) => 'accessToken' in requirement)?.accessToken[0],
    }),
  ),
)
const guarded = operations.filter(({ scope }) => scope !== undefined)
const open = operations.filter(({ scope }) => scope === undefined)

/** Status, code of the problem and missing scope of a response. */
async function outcome({ method, path }: Operation, init: ApiInit) {
  const { status, json, headers } = await api.request(path, { method, ...init })
  const scope = /scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
  return { status, ...(status >= 400 && { code: json?.code }), ...(scope && { scope }) }
}

const refused = (scope: string | undefined) => ({ status: 403, code: 'auth.insufficient_scope', scope })

/** Creates one token for each scope. */
const tokensOf = async (person: Person, more: { expires_in?: number } = {}) =>
  new Map(
    await Promise.all(
      scopes.map(
        async (scope) => [scope, await newToken(api, person, { scopes: [scope], ...more })] as const,
      ),
    ),
  )

type Tokens = Awaited<ReturnType<typeof tokensOf>>

/** The outcome with an access token, each of a new session, since some operations end it. */
const bySession = async (operation: Operation, person: Person) =>
  outcome(operation, { token: await newSession(api, person) })

let admin: Person
let user: Person
let tokens: Tokens
let revoked: Tokens
let expired: Tokens
let disabled: Tokens
let demoted: Tokens

beforeAll(async () => {
  admin = await ownAdmin(api)
  user = await newUser(api)
  tokens = await tokensOf(admin)
  revoked = await tokensOf(admin)
  for (const { id } of revoked.values()) await api.delete(`/users/me/tokens/${id}`, { token: admin.token })
  expired = await tokensOf(admin, { expires_in: 1 })
  const [root, sleeper, deposed] = [await newAdmin(api), await ownAdmin(api), await ownAdmin(api)]
  disabled = await tokensOf(sleeper)
  demoted = await tokensOf(deposed)
  await api.patch(`/users/${sleeper.id}`, { token: root.token, json: { disabled: true } })
  await api.patch(`/users/${deposed.id}`, { token: root.token, json: { role: 'user' } })
  for (const { token } of expired.values()) {
    await vi.waitFor(
      async () => expect((await api.get('/users', { token })).json.code).toBe('auth.token_expired'),
      { timeout: 3000 },
    )
  }
})

test('Every guarded operation declares one scope, the same for every carrier of a token', () => {
  for (const item of Object.values<any>(document.paths)) {
    for (const { security } of Object.values<any>(item)) {
      const declared = security.flatMap((requirement: object) =>
        Object.entries<string[]>(requirement as never).filter(
          ([name]) => /token$/i.test(name) && name !== 'metricsToken',
        ),
      )
      if (declared.length === 0) continue
      const [[, [scope]]] = declared
      expect([...scopes, 'session']).toContain(scope)
      expect(declared).toEqual([
        ['accessToken', [scope]],
        ['xAccessToken', [scope]],
        ['cookieToken', [scope]],
      ])
    }
  }
  expect(scopes).not.toContain('session')
  expect(new Set(guarded.map(({ scope }) => scope))).toEqual(new Set([...scopes, 'session']))
})

test('Operations that show or change credentials refuse API tokens', () => {
  const reserved = guarded.filter(({ scope }) => scope === 'session').map(({ id }) => id)
  expect(reserved).toEqual(
    expect.arrayContaining(
      'changePassword createApiToken deleteMe endSession endSessions endUserSessions listApiTokens listSessions listUserApiTokens logOut revokeApiToken revokeUserApiToken updateApiToken updateMe'.split(
        ' ',
      ),
    ),
  )
})

describe.each(guarded)('$id ($scope)', (operation) => {
  test('The operation accepts access tokens and API tokens with its scope, and refuses other API tokens', async () => {
    const [ofAdmin, ofUser] = [await bySession(operation, admin), await bySession(operation, user)]
    expect(ofAdmin.status === 401 || ofAdmin.code === 'auth.forbidden').toBe(false)
    const isFor = (scope: string) => scope === operation.scope
    for (const [scope, { token }] of tokens) {
      const wanted = isFor(scope) ? ofAdmin : refused(operation.scope)
      expect([scope, await outcome(operation, { token })]).toEqual([scope, wanted])
    }
    for (const [scope, { token }] of demoted) {
      const wanted = isFor(scope) ? ofUser : refused(operation.scope)
      expect([scope, await outcome(operation, { token })]).toEqual([scope, wanted])
    }
  })

  test('The operation refuses revoked and expired API tokens, and those of disabled users', async () => {
    for (const scope of scopes) {
      const codes = [
        await outcome(operation, { token: revoked.get(scope)?.token ?? '' }),
        await outcome(operation, { token: expired.get(scope)?.token ?? '' }),
        await outcome(operation, { token: disabled.get(scope)?.token ?? '' }),
      ]
      expect([scope, ...codes]).toEqual([
        scope,
        { status: 401, code: 'auth.token_revoked' },
        { status: 401, code: 'auth.token_expired' },
        { status: 401, code: 'auth.token_revoked' },
      ])
    }
  })

  test('The operation accepts an API token in each header, and in the cookie with proof of its origin', async () => {
    if (operation.scope === 'session') return
    const token = tokens.get(operation.scope ?? '')?.token
    const usual = await outcome(operation, { token: token ?? '' })
    const cookie = document.components.securitySchemes.cookieToken.name
    const carriers: Record<string, string>[] = [
      { authorization: `${token}` },
      { authorization: `token ${token}` },
      { 'x-access-token': `${token}` },
      { cookie: `${cookie}=${token}`, 'sec-fetch-site': 'same-origin' },
    ]
    for (const headers of carriers) expect(await outcome(operation, { headers })).toEqual(usual)
    const crossSite = await outcome(operation, {
      headers: { cookie: `${cookie}=${token}`, 'sec-fetch-site': 'cross-site' },
    })
    expect(crossSite.code).toBe(operation.method === 'GET' ? usual.code : 'auth.cross_site')
  })
})

test('Open operations ignore API tokens', async () => {
  const bad = [...tokens, ...revoked, ...expired, ...disabled].map(([, { token }]) => token)
  for (const operation of open) {
    if (operation.id === 'createToken') continue // a header besides its body is a second credential
    const anonymous = await outcome(operation, {})
    for (const token of bad.slice(0, 12)) {
      const { status, ...wanted } = anonymous
      // Metrics have a token of their own, where one is set.
      expect([operation.id, await outcome(operation, { token })]).toEqual([
        operation.id,
        { status, ...wanted },
      ])
    }
  }
})
