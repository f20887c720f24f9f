import { setTimeout } from 'node:timers/promises'
import { type Check, check, type Group, type Kit, skip } from '../check.ts'
import type { Json, ReceivedResponse } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isProblem } from '../expect.ts'
import { type Operation, operations, pathOf } from '../operations.ts'
import { forge } from '../tokens.ts'
import { forgeries, guessable } from './forgeries.ts'

/** The name of the cookie, which depends on https. */
const cookieOf = ({ document }: Kit): string =>
  document.components?.securitySchemes?.cookieToken?.name ?? 'gatepost_access'

const guarded = operations.filter(({ guard }) => guard !== 'open')
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export const guards: Group = {
  name: 'guards',
  about: 'every guarded operation with every kind of invalid credential',
  checks: [
    ...guardChecksOf(operations),
    ...guarded
      .filter(({ guard }) => guard === 'admin')
      .map((operation) =>
        check(
          `${operation.method} ${operation.path} (${operation.id}) is for admins alone`,
          'Operations',
          async (kit) => {
            const as = await kit.persona('mal')
            const { id } = await kit.persona('ada')
            const { method, body } = operation
            const bodies = body ? [{}, { role: 'admin' }, { disabled: true }] : [undefined]
            for (const json of bodies) {
              for (const target of [id, as.id]) {
                isProblem(
                  await kit.request(pathOf(operation, { id: target }), { method, as, json }),
                  403,
                  'auth.forbidden',
                )
              }
            }
          },
        ),
      ),
    check('Only admins may ask which accounts are disabled', 'Operations', async (kit) => {
      const as = await kit.persona('mal')
      for (const value of ['true', 'false'])
        isProblem(await kit.get(`/users?disabled=${value}`, { as }), 403, 'auth.forbidden')
    }),
    check(
      'A token is accepted without a scheme, and with Bearer, Token or JWT',
      'Security schemes',
      async (kit) => {
        const token = await (await kit.persona('mal')).freshToken(kit.request)
        for (const scheme of ['', 'Bearer ', 'bearer ', 'Token ', 'TOKEN ', 'JWT ', 'jwt '])
          hasStatus(await kit.get('/users/me', { headers: { authorization: scheme + token } }), 200)
      },
    ),
    check('Two credentials in one request are refused with 400', 'which status', async (kit) => {
      const mal = await kit.persona('mal')
      const token = await mal.freshToken(kit.request)
      const both = [
        { authorization: token, 'x-access-token': token },
        { authorization: `Bearer ${token}, Bearer ${token}` },
        { 'x-access-token': `${token},${token}` },
        { authorization: `Bearer ${token}`, 'x-access-token': 'garbage' },
      ]
      for (const headers of both)
        isProblem(
          await kit.get('/users/me', { headers: headers as Record<string, string> }),
          400,
          'auth.two_credentials',
        )
    }),
    check(
      'Tokens signed with secrets that everybody knows are refused',
      'Tokens and sessions',
      async (kit) => {
        const mal = await kit.persona('mal')
        for (const secret of guessable) {
          const token = forge(mal.session.access_token, { header: { alg: 'HS256' }, secret })
          isProblem(await kit.get('/users/me', { token }), 401, 'auth.token_invalid')
        }
      },
    ),
    check(
      'A token that is signed with a public key as its secret is refused',
      'Tokens and sessions',
      async (kit) => {
        const { json } = await kit.get('/.well-known/jwks.json')
        const keys: Json[] = json?.keys ?? []
        if (keys.length === 0) skip('this server signs with a secret, it has no public keys')
        const mal = await kit.persona('mal')
        for (const key of keys) {
          for (const secret of [
            JSON.stringify(key),
            key.x ?? key.n,
            Buffer.from(key.x ?? key.n, 'base64url'),
          ]) {
            const token = forge(mal.session.access_token, { header: { alg: 'HS256', kid: key.kid }, secret })
            isProblem(await kit.get('/users/me', { token }), 401, 'auth.token_invalid')
          }
        }
      },
    ),
    check('A token that has expired is refused as expired', 'Tokens and sessions', async (kit) => {
      const { session, username, password } = await kit.persona('mal')
      const max = kit.isSlow ? 60 : 5
      if (session.expires_in > max) {
        skip(`its tokens live ${session.expires_in} s: start the server with ACCESS_TOKEN_TTL=5s to find out`)
      }
      const { json } = hasStatus(await kit.post('/auth/token', { json: { username, password } }), 200)
      await setTimeout(json.expires_in * 1100 + Math.min(3000, 100 * json.expires_in) + 200)
      for (const operation of kit.operations) {
        if (operation.guard === 'open') continue
        const { method } = operation
        const response = await kit.request(pathOf(operation), { method, token: json.access_token })
        hasHeader(
          isProblem(response, 401, 'auth.token_expired'),
          'www-authenticate',
          /^Bearer .*error="invalid_token"/,
        )
      }
      const forged = forge(json.access_token, { claims: { role: 'admin' } })
      isProblem(await kit.get('/users/me', { token: forged }), 401, 'auth.token_invalid')
    }),
  ] satisfies Check[],
}

/** For each guarded operation: invalid credentials are refused, valid ones are accepted in every permitted place. */
export function guardChecksOf(operations: readonly Operation[]): Check[] {
  const guarded = operations.filter(({ guard }) => guard !== 'open')
  return [
    ...guarded.map((operation) =>
      check(
        `${operation.method} ${operation.path} (${operation.id}) refuses missing, malformed, forged and unsigned tokens`,
        'Security schemes',
        (kit) => refusesBadTokens(kit, operation),
      ),
    ),
    ...guarded
      .filter(changesNothing)
      .map((operation) =>
        check(
          `${operation.method} ${operation.path} (${operation.id}) takes a token in each of the headers, and in the cookie`,
          'Security schemes',
          (kit) => acceptsEveryCarrier(kit, operation),
        ),
      ),
  ]
}

/** Whether a call without a body and with unknown ids is sure to change nothing. */
function changesNothing({ id, method, path, body, isBodyOptional, isAdded }: Operation): boolean {
  if (!isAdded) return !['logOut', 'endSessions'].includes(id)
  return method === 'GET' || path.includes('{') || (body !== undefined && !isBodyOptional)
}

async function refusesBadTokens(kit: Kit, operation: Operation): Promise<void> {
  const mal = await kit.persona('mal')
  const { method } = operation
  const path = pathOf(operation)
  const refused = (response: ReceivedResponse, code: string) =>
    hasHeader(
      isProblem(response, 401, code),
      'www-authenticate',
      code === 'auth.token_invalid' ? /^Bearer .*error="invalid_token"/ : /^Bearer realm=/,
    )
  const missing: Record<string, string>[] = [{}, { authorization: '' }, { 'x-access-token': '' }]
  for (const headers of missing) refused(await kit.request(path, { method, headers }), 'auth.token_missing')
  if (operation.body) {
    // Without permission, a client must not learn what else is wrong with its request.
    refused(
      await kit.request(path, { method, rawBody: '{', headers: { 'content-type': 'application/json' } }),
      'auth.token_missing',
    )
  }
  for (const [what, token] of forgeries(mal.session.access_token)) {
    const response = await kit.request(path, { method, headers: bearer(token) })
    assert(response.status === 401, `401 for a token with ${what}`, `status ${response.status}`, response)
    refused(response, 'auth.token_invalid')
  }
  const [, forged = ''] = forgeries(mal.session.access_token)[5] ?? []
  const others: Record<string, string>[] = [
    { 'x-access-token': forged },
    { authorization: forged },
    { cookie: `${cookieOf(kit)}=${forged}`, 'sec-fetch-site': 'same-origin' },
    { authorization: `Basic ${Buffer.from(`${mal.username}:${mal.password}`).toString('base64')}` },
    { authorization: `Bearer ${mal.session.refresh_token}` },
  ]
  for (const headers of others) {
    isProblem(await kit.request(path, { method, headers }), 401, 'auth.token_invalid')
  }
}

async function acceptsEveryCarrier(kit: Kit, operation: Operation): Promise<void> {
  const mal = await kit.persona('mal')
  const token = await mal.freshToken(kit.request)
  const { method, guard, isForSome } = operation
  const carriers: Record<string, string>[] = [
    { authorization: token },
    { authorization: `Bearer ${token}` },
    { authorization: `bearer  ${token}` },
    { 'x-access-token': token },
    { cookie: `${cookieOf(kit)}=${token}`, 'sec-fetch-site': 'same-origin' },
  ]
  for (const headers of carriers) {
    // Without a body and with unknown ids, nothing is changed, but the guard has accepted the token.
    const response = await kit.request(pathOf(operation), { method, headers })
    const isForbidden = response.json?.code === 'auth.forbidden'
    const isIn =
      guard === 'admin' ? isForbidden : ![401, 403].includes(response.status) || (isForSome && isForbidden)
    assert(
      isIn === true,
      'to be let in',
      `status ${response.status} with the code ${response.json?.code}`,
      response,
    )
  }
}
