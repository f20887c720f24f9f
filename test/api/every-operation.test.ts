import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { withExamples } from '../support/examples.ts'
import { newUser } from '../support/people.ts'
import { forge } from '../support/tokens.ts'

/** The operations that work without a token. Every other operation must be guarded. */
const openOperations = [
  'createToken',
  'listPosts',
  'listProblems',
  'readDocs',
  'readDocument',
  'readDocumentAsYaml',
  'readFrontPage',
  'readHealth',
  'readKeySet',
  'readMetrics',
  'readProblem',
  'readReadiness',
  'readSecurityContact',
  'refreshToken',
  'registerUser',
]

const api = await openApi()
const document = (await api.get('/openapi.json')).json
const operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
  Object.entries<any>(item).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path: withExamples(path, operation),
    id: operation.operationId as string,
    isGuarded: operation.security.some((way: object) => 'accessToken' in way || 'xAccessToken' in way),
    isOpen:
      operation.security.length === 0 ||
      operation.security.some((way: object) => Object.keys(way).length === 0),
  })),
)
const guarded = operations.filter((operation) => operation.isGuarded)

const now = Math.floor(Date.now() / 1000)
const badTokens: [string, string, Record<string, string>][] = [
  ['no token', 'auth.token_missing', {}],
  ['an empty header', 'auth.token_missing', { authorization: '' }],
  ['garbage', 'auth.token_invalid', { authorization: 'garbage' }],
  ['garbage after Bearer', 'auth.token_invalid', { authorization: 'Bearer a.b.c' }],
  ['garbage in x-access-token', 'auth.token_invalid', { 'x-access-token': 'a.b.c' }],
  ['Basic credentials', 'auth.token_invalid', { authorization: `Basic ${btoa('ada:secret')}` }],
  ['a foreign signature', 'auth.token_invalid', { authorization: forge({ secret: 'x'.repeat(40) }) }],
  [
    'an expired token',
    'auth.token_expired',
    { authorization: forge({ payload: { iat: now - 900, exp: now - 60 } }) },
  ],
  [
    'an expired forgery',
    'auth.token_invalid',
    { authorization: forge({ payload: { exp: 1 }, secret: 'x'.repeat(40) }) },
  ],
  ['alg none', 'auth.token_invalid', { authorization: forge({ header: { alg: 'none' } }) }],
  ['no exp', 'auth.token_invalid', { authorization: forge({ payload: { exp: undefined } }) }],
  ['two credentials', 'auth.two_credentials', { authorization: forge(), 'x-access-token': forge() }],
  ['two of a kind', 'auth.two_credentials', { authorization: `${forge()}, ${forge()}` }],
]

describe('every operation', () => {
  test('Each operation requires a token, or is on the list of open operations', () => {
    expect(
      operations
        .filter((operation) => !operation.isGuarded)
        .map((operation) => operation.id)
        .sort(),
    ).toEqual(openOperations)
    expect(
      operations
        .filter((operation) => operation.isOpen)
        .map((operation) => operation.id)
        .sort(),
    ).toEqual(openOperations)
    expect(guarded.length).toBeGreaterThan(5)
  })

  describe.each(guarded)('$method $path', ({ method, path }) => {
    test.each(badTokens)('A request with %s is refused with %s', async (_what, code, headers) => {
      const response = await api.request(path, { method, headers })
      expect(response.json.code).toBe(code)
      expect(response.status).toBe(code === 'auth.two_credentials' ? 400 : 401)
    })

    test('A request without a token is refused before its body is read', async () => {
      const response = await api.request(path, { method, ...(method !== 'GET' && { rawBody: '{' }) })
      expect(response.json.code).toBe('auth.token_missing')
    })
  })

  test('Each openOperations operation works without a token', async () => {
    for (const { method, path, id } of operations.filter((operation) => !operation.isGuarded)) {
      const response = await api.request(path, { method })
      const needsMore = { registerUser: 400, createToken: 401, refreshToken: 401, readSecurityContact: 404 }[
        id
      ]
      // The service shows metrics only to its own machine, and only if they are enabled.
      const status = id === 'readMetrics' && response.status === 404 ? 200 : response.status
      expect([id, status]).toEqual([id, needsMore ?? 200])
    }
  })

  test('Each operation that supports GET supports HEAD with the same headers and no body', async () => {
    const { token } = await newUser(api)
    for (const { path, isGuarded } of operations.filter((operation) => operation.method === 'GET')) {
      const init = isGuarded ? { token } : {}
      const [get, head] = [await api.get(path, init), await api.request(path, { ...init, method: 'HEAD' })]
      expect([path, head.status, head.text]).toEqual([path, get.status, ''])
    }
  })

  test('Each operation has an id, a summary, a description and a described tag', () => {
    const tags = document.tags.map((tag: any) => tag.name)
    for (const item of Object.values<any>(document.paths)) {
      for (const operation of Object.values<any>(item)) {
        expect(operation).toMatchObject({ summary: expect.any(String), description: expect.any(String) })
        expect(tags).toEqual(expect.arrayContaining(operation.tags))
      }
    }
    expect(new Set(operations.map((operation) => operation.id)).size).toBe(operations.length)
  })
})
