import { setTimeout } from 'node:timers/promises'
import { type Check, check, type Group, type Kit } from '../check.ts'
import type { Json, Persona, ReceivedResponse } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, matches, refuses, same } from '../expect.ts'
import { type Operation, operations, pathOf } from '../operations.ts'
import { aTime } from '../rules.ts'

const requirement = 'API tokens'
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The CRC-32 of ASCII text in six digits of base62. */
function checksumOf(text: string): string {
  let crc = 0xffffffff
  for (const character of text) {
    crc ^= character.charCodeAt(0)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  let [rest, written] = [(crc ^ 0xffffffff) >>> 0, '']
  for (; written.length < 6; rest = Math.floor(rest / 62)) written = base62[rest % 62] + written
  return written
}

/** Creates an API token. The password makes it independent of the age of the log-in. */
async function createToken(kit: Kit, as: Persona, more: object = {}): Promise<ReceivedResponse> {
  const json = { name: 'Conformance', scopes: ['posts:read'], current_password: as.password, ...more }
  return hasStatus(await kit.post('/users/me/tokens', { as, json }), 201)
}

/** The options of a request with an API token of this persona. */
const by = (as: Persona, token: string) => ({ as, headers: { authorization: `Bearer ${token}` } })

const path = (token: Json) => `/users/me/tokens/${token.id}`

/** The scopes in the server's document. */
const scopesOf = ({ document }: Kit): string[] => document.components?.schemas?.TokenScope?.enum ?? []

/** The scopes that the document declares for each carrier of a token. */
function declaredScopes({ document }: Kit, { path, method }: Operation): string[][] {
  const security: Json[] = document.paths?.[path]?.[method.toLowerCase()]?.security ?? []
  return ['accessToken', 'xAccessToken', 'cookieToken'].map(
    (scheme) => security.find((requirement) => scheme in requirement)?.[scheme] ?? [],
  )
}

/** One token for each scope, created once in a run. */
const created = new WeakMap<object, Promise<Map<string, string>>>()

function tokensByScope(kit: Kit): Promise<Map<string, string>> {
  const known = created.get(kit.personas) ?? createAll(kit)
  created.set(kit.personas, known)
  return known
}

async function createAll(kit: Kit): Promise<Map<string, string>> {
  const tokens = new Map<string, string>()
  const as = await kit.persona('tok')
  for (const scope of scopesOf(kit)) {
    const { json } = await createToken(kit, as, { name: `Conformance ${scope}`, scopes: [scope] })
    tokens.set(scope, json.token)
  }
  return tokens
}

/** The operations that show or change credentials. */
const reserved =
  /^(?:updateMe|deleteMe|changePassword|logOut|(?:list|end)Sessions?|endUserSessions|(?:create|list|update|revoke|listUser|revokeUser)ApiTokens?)$/

export const apiTokens: Group = {
  name: 'tokens',
  about: 'API tokens: format, scopes on every operation, expiry and revocation',
  checks: [
    check('An API token has a checksum, and only one response contains it', requirement, async (kit) => {
      const as = await kit.persona('tok')
      const response = await createToken(kit, as)
      const { token, ...shown } = response.json
      const [, random = '', checksum] = /^gp_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/.exec(token) ?? []
      same('the checksum', checksum, checksumOf(random), response)
      assert(!response.headers.has('location'), 'no Location', response.headers.get('location'), response)
      matches(
        shown,
        {
          id: /^[0-9a-f-]{36}$/,
          name: 'Conformance',
          scopes: ['posts:read'],
          prefix: 'gp_',
          last_four: token.slice(-4),
          created_at: aTime,
          expires_at: aTime,
          last_used_at: null,
          last_used_address: null,
        },
        response,
      )
      const list = hasStatus(await kit.get('/users/me/tokens', { as }), 200)
      assert(!list.text.includes(token), 'a list without the token itself', 'the token', list)
    }),
    check(
      'Two requests with one Idempotency-Key create two API tokens, since secrets are not stored',
      requirement,
      async (kit) => {
        const as = await kit.persona('tok')
        const json = { name: 'Twice', scopes: ['posts:read'], current_password: as.password }
        const headers = { 'idempotency-key': 'conform-token' }
        const create = async () => hasStatus(await kit.post('/users/me/tokens', { as, json, headers }), 201)
        const [first, second] = [await create(), await create()]
        assert(first.json.token !== second.json.token, 'another token', 'the same one', second)
      },
    ),
    check('Operations that show or change credentials refuse API tokens', requirement, async (kit) => {
      for (const operation of operations.filter(({ id }) => reserved.test(id)))
        same(operation.id, declaredScopes(kit, operation), [['session'], ['session'], ['session']])
      assert(!scopesOf(kit).includes('session'), 'no API token with the scope session', 'session')
    }),
    check('Unknown scopes, the reserved scope and an empty list are refused', requirement, async (kit) => {
      const as = await kit.persona('tok')
      for (const scopes of [['session'], ['posts:everything'], ['POSTS:READ']]) {
        const json = { name: 'x', scopes }
        refuses(await kit.post('/users/me/tokens', { as, json }), { location: 'body', at: '/scopes/0' })
      }
      const json = { name: 'x', scopes: [] }
      refuses(await kit.post('/users/me/tokens', { as, json }), { location: 'body', at: '/scopes' })
    }),
    check('An API token can lose scopes, but never gain any', requirement, async (kit) => {
      const as = await kit.persona('tok')
      const { json } = await createToken(kit, as, { scopes: ['posts:read', 'account:read'] })
      hasStatus(await kit.get('/users/me', by(as, json.token)), 200)
      hasStatus(await kit.patch(path(json), { as, json: { scopes: ['posts:read'] } }), 200)
      isProblem(await kit.get('/users/me', by(as, json.token)), 403, 'auth.insufficient_scope')
      const more = { scopes: ['posts:read', 'account:read'] }
      refuses(await kit.patch(path(json), { as, json: more }), { location: 'body', at: '/scopes' })
    }),
    check('A revoked API token is refused at once, and cannot be changed', requirement, async (kit) => {
      const as = await kit.persona('tok')
      const { json } = await createToken(kit, as, { scopes: ['account:read'] })
      hasStatus(await kit.get('/users/me', by(as, json.token)), 200)
      isProblem(await kit.delete(path(json), { as: await kit.persona('mal') }), 404, 'api_tokens.not_found')
      isEmpty(await kit.delete(path(json), { as }), 204)
      hasHeader(
        isProblem(await kit.get('/users/me', by(as, json.token)), 401, 'auth.token_revoked'),
        'www-authenticate',
        /error="invalid_token"/,
      )
      for (const method of ['PATCH', 'DELETE']) {
        const change = { method, as, ...(method === 'PATCH' && { json: { name: 'x' } }) }
        isProblem(await kit.request(path(json), change), 404, 'api_tokens.not_found')
      }
    }),
    check('An API token expires after `expires_in` seconds', requirement, async (kit) => {
      const as = await kit.persona('tok')
      const { json } = await createToken(kit, as, { scopes: ['account:read'], expires_in: 1 })
      await setTimeout(1100)
      isProblem(await kit.get('/users/me', by(as, json.token)), 401, 'auth.token_expired')
    }),
    check('Imitations of API tokens are refused as invalid', requirement, async (kit) => {
      const { json } = await createToken(kit, await kit.persona('tok'), { scopes: ['account:read'] })
      const token: string = json.token
      const random = 'A'.repeat(30)
      const imitations = [
        `gp_${random}${checksumOf(random)}`,
        `gp_${random}000000`,
        `GP_${token.slice(3)}`,
        `${token}0`,
        token.slice(0, -1),
        token.slice(0, 8) + (token[8] === 'A' ? 'B' : 'A') + token.slice(9),
        'gp_',
      ]
      for (const imitation of imitations)
        isProblem(await kit.get('/users/me', { token: imitation }), 401, 'auth.token_invalid')
    }),
    check(
      'An API token is accepted neither as a password nor as a refresh token',
      requirement,
      async (kit) => {
        const tok = await kit.persona('tok')
        const { token } = (await createToken(kit, tok)).json
        const refreshed = await kit.post('/auth/refresh', { json: { refresh_token: token } })
        isProblem(refreshed, 401, 'auth.refresh_invalid')
        const basic = Buffer.from(`${tok.username}:${token}`).toString('base64')
        const loggedIn = await kit.post('/auth/token', { headers: { authorization: `Basic ${basic}` } })
        isProblem(loggedIn, 401, 'auth.bad_credentials')
      },
    ),
    check('Admins can list and revoke the API tokens of a user', requirement, async (kit) => {
      const [admin, tok] = [await kit.admin(), await kit.persona('tok')]
      const { json } = await createToken(kit, tok, { scopes: ['account:read'] })
      const list = hasStatus(await kit.get(`/users/${tok.id}/tokens`, { as: admin }), 200)
      assert(list.json.items?.[0]?.id === json.id, 'the new token first', list.json.items?.[0]?.id, list)
      isEmpty(await kit.delete(`/users/${tok.id}/tokens/${json.id}`, { as: admin }), 204)
      isProblem(await kit.get('/users/me', by(tok, json.token)), 401, 'auth.token_revoked')
    }),
    ...scopeChecksOf(operations),
  ],
}

/** Checks for each guarded operation that it accepts API tokens with its declared scope, and refuses all others. */
export function scopeChecksOf(operations: readonly Operation[]): Check[] {
  return operations
    .filter(({ guard }) => guard !== 'open')
    .map((operation) =>
      check(
        `${operation.method} ${operation.path} (${operation.id}) accepts API tokens with its declared scope, and no others`,
        requirement,
        (kit) => acceptsItsScope(kit, operation),
      ),
    )
}

async function acceptsItsScope(kit: Kit, operation: Operation): Promise<void> {
  const { method, guard, isForSome } = operation
  const declared = declaredScopes(kit, operation)
  const [[scope = ''] = []] = declared
  same('the scope for each carrier', declared, [[scope], [scope], [scope]])
  assert([...scopesOf(kit), 'session'].includes(scope), 'a scope of API tokens, or session', scope)
  for (const [own, token] of await tokensByScope(kit)) {
    // The request has no body, and ids that do not exist, so it changes nothing.
    const response = await kit.request(pathOf(operation), { method, ...by(await kit.persona('tok'), token) })
    if (own !== scope) {
      isProblem(response, 403, 'auth.insufficient_scope')
      hasHeader(
        response,
        'www-authenticate',
        `Bearer realm="gatepost", error="insufficient_scope", scope="${scope}"`,
      )
      continue
    }
    const isForbidden = response.json?.code === 'auth.forbidden'
    const isAccepted =
      guard === 'admin' ? isForbidden : ![401, 403].includes(response.status) || (isForSome && isForbidden)
    assert(
      isAccepted === true,
      'an accepted token',
      `status ${response.status} with the code ${response.json?.code}`,
      response,
    )
  }
}
