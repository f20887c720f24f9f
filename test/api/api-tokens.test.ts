import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newSession, newToken, ownAdmin } from '../support/api-tokens.ts'
import { newAdmin, newUser, password } from '../support/people.ts'

const api = await openApi()
const tokenForm = /^gp_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/

/** The checksum of the contract, implemented independently. */
function checksum(random: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  let [rest, text] = [crc32(random), '']
  for (; text.length < 6; rest = Math.floor(rest / 62)) text = digits[rest % 62] + text
  return text
}

describe('a new API token', () => {
  test('The response contains the token with a correct checksum, and no list contains it', async () => {
    const user = await newUser(api)
    const created = await api.post('/users/me/tokens', {
      token: user.token,
      json: { name: 'CI', scopes: ['posts:write', 'posts:read'] },
    })
    expect(created.status).toBe(201)
    const { token, ...shown } = created.json
    const [, random = '', check] = tokenForm.exec(token) ?? []
    expect(check).toBe(checksum(random))
    expect(shown).toMatchObject({
      name: 'CI',
      scopes: ['posts:read', 'posts:write'],
      prefix: 'gp_',
      last_four: token.slice(-4),
      last_used_at: null,
      last_used_address: null,
    })
    expect([created.headers.get('location'), created.headers.get('etag')]).toEqual([null, '"1"'])
    const list = await api.get('/users/me/tokens', { token: user.token })
    expect(list.json.items).toEqual([shown])
    expect(list.text).not.toContain(token)
  })

  test('A token expires after 90 days, or after expires_in up to the maximum of the server', async () => {
    const user = await newUser(api)
    const daysOf = ({ created_at, expires_at }: any) =>
      (Date.parse(expires_at) - Date.parse(created_at)) / 86_400_000
    expect(daysOf(await newToken(api, user, { scopes: ['posts:read'] }))).toBe(90)
    expect(daysOf(await newToken(api, user, { scopes: ['posts:read'], expires_in: 86_400 }))).toBe(1)
    for (const expires_in of [0, -1, 1.5, 315_360_000, 1e12, '60', null]) {
      const { status, json } = await api.post('/users/me/tokens', {
        token: user.token,
        json: { name: 'x', scopes: ['posts:read'], expires_in },
      })
      expect([expires_in, status, json.errors[0].pointer]).toEqual([expires_in, 422, '/expires_in'])
    }
  })

  test.each([
    ['no scope', [], '/scopes'],
    ['an unknown scope', ['posts:delete'], '/scopes/0'],
    ['the reserved scope', ['session'], '/scopes/0'],
    ['a scope in another case', ['Posts:read'], '/scopes/0'],
    ['the same scope twice', ['posts:read', 'posts:read'], '/scopes'],
    ['a string', 'posts:read', '/scopes'],
  ])('A token with %s is refused', async (_what, scopes, pointer) => {
    const user = await newUser(api)
    const { status, json } = await api.post('/users/me/tokens', {
      token: user.token,
      json: { name: 'x', scopes },
    })
    expect([status, json.errors[0].pointer]).toEqual([422, pointer])
  })

  test('The response is not stored for an Idempotency-Key, so a retry creates another token', async () => {
    const user = await newUser(api)
    const create = () =>
      api.post('/users/me/tokens', {
        token: user.token,
        headers: { 'idempotency-key': 'one' },
        json: { name: 'x', scopes: ['posts:read'] },
      })
    const [first, second] = [await create(), await create()]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.json.token).not.toBe(first.json.token)
    expect(second.headers.get('idempotency-replayed')).toBeNull()
  })

  test('A wrong password is refused', async () => {
    const user = await newUser(api)
    const create = (current_password: string) =>
      api.post('/users/me/tokens', {
        token: user.token,
        json: { name: 'x', scopes: ['posts:read'], current_password },
      })
    expect((await create('wrong horse battery')).json.code).toBe('auth.wrong_password')
    expect((await create(password)).status).toBe(201)
  })

  test('A user can have 100 tokens, also with concurrent requests, and a revoked token makes room for another', async () => {
    const user = await newUser(api)
    const create = () =>
      api.post('/users/me/tokens', { token: user.token, json: { name: 'x', scopes: ['posts:read'] } })
    const created = []
    for (let at = 0; at < 12; at++) created.push(...(await Promise.all(Array.from({ length: 10 }, create))))
    const statuses = created.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(100)
    expect(created.find(({ status }) => status !== 201)?.json.code).toBe('api_tokens.too_many')
    const { id } = created.find(({ status }) => status === 201)?.json ?? {}
    await api.delete(`/users/me/tokens/${id}`, { token: user.token })
    expect((await create()).status).toBe(201)
  })
})

describe('an API token', () => {
  test('The author of posts and comments is the user of the token', async () => {
    const user = await newUser(api)
    const { token } = await newToken(api, user, { scopes: ['posts:write', 'comments:write'] })
    const post = await api.post('/posts', { token, json: { title: 'By a program', body: 'Hello.' } })
    expect([post.status, post.json.author.id]).toEqual([201, user.id])
    const comment = await api.post(`/posts/${post.json.id}/comments`, { token, json: { body: 'Mine, too.' } })
    expect([comment.status, comment.json.author.id]).toEqual([201, user.id])
    expect((await api.get(`/posts/${post.json.id}`, { token })).json.code).toBe('auth.insufficient_scope')
    expect((await api.delete(`/posts/${post.json.id}`, { token })).status).toBe(204)
  })

  test('A token is refused by every operation that could give it more rights', async () => {
    const user = await newUser(api)
    const scopes = (await api.get('/openapi.json')).json.components.schemas.TokenScope.enum
    const { token } = await newToken(api, user, {
      scopes: scopes.filter((name: string) => name !== 'audit:read'),
    })
    const attempts = [
      await api.post('/users/me/tokens', {
        token,
        json: { name: 'x', scopes: ['posts:read'], current_password: password },
      }),
      await api.get('/users/me/tokens', { token }),
      await api.patch('/users/me', {
        token,
        json: { email: 'other@example.com', current_password: password },
      }),
      await api.put('/users/me/password', {
        token,
        json: { current_password: password, new_password: `new ${password}` },
      }),
      await api.delete('/users/me', { token, json: { password } }),
      await api.get('/auth/sessions', { token }),
      await api.delete('/auth/sessions', { token }),
      await api.post('/auth/logout', { token }),
      await api.get('/auth/whoami', { token }),
    ]
    for (const { status, json, headers } of attempts) {
      expect([status, json.code]).toEqual([403, 'auth.insufficient_scope'])
      expect(headers.get('www-authenticate')).toBe(
        'Bearer realm="gatepost", error="insufficient_scope", scope="session"',
      )
    }
    const refreshed = await api.post('/auth/refresh', { json: { refresh_token: token } })
    expect(refreshed.json.code).toBe('auth.refresh_invalid')
    const basic = Buffer.from(`${user.username}:${token}`).toString('base64')
    const loggedIn = await api.post('/auth/token', { headers: { authorization: `Basic ${basic}` } })
    expect(loggedIn.json.code).toBe('auth.bad_credentials')
    expect((await api.get('/users/me', { token: user.token })).status).toBe(200)
  })

  test('A token stays valid after a new password and a log-out', async () => {
    const user = await newUser(api)
    const { token } = await newToken(api, user, { scopes: ['account:read'] })
    await api.put('/users/me/password', {
      token: user.token,
      json: { current_password: password, new_password: 'another horse battery' },
    })
    await api.post('/auth/logout', { token: user.token })
    expect((await api.get('/users/me', { token })).json.id).toBe(user.id)
  })

  test('A token is invalid after its account was deleted', async () => {
    const user = await newUser(api)
    const { token } = await newToken(api, user, { scopes: ['account:read'] })
    expect((await api.get('/users/me', { token })).status).toBe(200)
    await api.delete('/users/me', { token: user.token, json: { password } })
    expect((await api.get('/users/me', { token })).json.code).toBe('auth.token_invalid')
  })

  test('A token is refused while its account is disabled, and accepted again afterwards', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    const { token } = await newToken(api, user, { scopes: ['account:read'] })
    const disable = (disabled: boolean) =>
      api.patch(`/users/${user.id}`, { token: admin.token, json: { disabled } })
    await disable(true)
    expect((await api.get('/users/me', { token })).json.code).toBe('auth.token_revoked')
    await disable(false)
    expect((await api.get('/users/me', { token })).status).toBe(200)
  })

  test('The token of a demoted admin has only the rights of a user from then on', async () => {
    const [root, admin, user] = [await newAdmin(api), await ownAdmin(api), await newUser(api)]
    const { token } = await newToken(api, admin, { scopes: ['users:write', 'audit:read', 'users:read'] })
    expect((await api.get('/audit-events', { token })).status).toBe(200)
    expect((await api.get(`/users/${user.id}`, { token })).json.email).toBe(user.email)
    await api.patch(`/users/${admin.id}`, { token: root.token, json: { role: 'user' } })
    expect((await api.get('/audit-events', { token })).json.code).toBe('auth.forbidden')
    expect((await api.get(`/users/${user.id}`, { token })).json.email).toBeUndefined()
    const change = await api.patch(`/users/${user.id}`, { token, json: { disabled: true } })
    expect(change.json.code).toBe('auth.forbidden')
  })

  test('Imitations of tokens are refused as invalid', async () => {
    const user = await newUser(api)
    const { token } = await newToken(api, user, { scopes: ['account:read'] })
    const random = 'A'.repeat(30)
    const flip = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    const imitations = [
      `gp_${random}${checksum(random)}`, // the checksum is right, but the token does not exist
      flip(5),
      flip(38),
      token.toUpperCase(),
      token.toLowerCase(),
      `GP_${token.slice(3)}`,
      `${token}A`,
      token.slice(0, -1),
      `gp_${token}`,
      `gp_${'0'.repeat(36)}`,
      'gp_',
      'gp',
      token.replace('gp_', 'gp-'),
      `gp_${'é'.repeat(36)}`,
      `"${token}"`,
      `${token} ${token}`,
    ]
    for (const imitation of imitations) {
      const { status, json, headers } = await api.get('/users/me', { token: imitation })
      expect([imitation, status, json.code]).toEqual([imitation, 401, 'auth.token_invalid'])
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
    const two = [
      { authorization: token, 'x-access-token': token },
      { authorization: `${token}, ${token}` },
      { authorization: `Bearer ${user.token}`, 'x-access-token': token },
    ]
    for (const headers of two) {
      const { status, json } = await api.get('/users/me', { headers: headers as Record<string, string> })
      expect([status, json.code]).toEqual([400, 'auth.two_credentials'])
    }
  })
})

describe('a change of an API token', () => {
  test('A change can rename the token and remove scopes, but not add scopes', async () => {
    const user = await newUser(api)
    const created = await newToken(api, user, { scopes: ['posts:read', 'posts:write', 'account:read'] })
    const path = `/users/me/tokens/${created.id}`
    const change = (json: object, headers = {}) => api.patch(path, { token: user.token, json, headers })
    const fewer = await change({ name: ' Nightly ', scopes: ['account:read', 'posts:read'] })
    expect(fewer.json).toMatchObject({ name: 'Nightly', scopes: ['account:read', 'posts:read'] })
    expect(fewer.json.token).toBeUndefined()
    expect((await api.post('/posts', { token: created.token, json: {} })).json.code).toBe(
      'auth.insufficient_scope',
    )
    for (const scopes of [['posts:write'], ['posts:read', 'users:read']]) {
      const more = await change({ scopes })
      expect([more.status, more.json.errors[0]]).toEqual([
        422,
        expect.objectContaining({ pointer: '/scopes', code: 'more_scopes' }),
      ])
    }
    expect((await change({ scopes: [] })).status).toBe(422)
    expect((await change({ expires_in: 60 })).status).toBe(422)
    const same = await change({ name: 'Nightly' })
    expect(same.headers.get('etag')).toBe(fewer.headers.get('etag'))
    expect((await change({ name: 'Late' }, { 'if-match': '"1"' })).status).toBe(412)
  })

  test('Concurrent changes never bring back a removed scope', async () => {
    const user = await newUser(api)
    for (let round = 0; round < 5; round++) {
      const { id, token } = await newToken(api, user, { scopes: ['posts:read', 'account:read'] })
      const change = (scopes: string[]) =>
        api.patch(`/users/me/tokens/${id}`, { token: user.token, json: { scopes } })
      const responses = await Promise.all([
        change(['posts:read']),
        change(['posts:read', 'account:read']),
        change(['account:read']),
        change(['posts:read', 'account:read']),
      ])
      expect(responses.map(({ status }) => status).sort()).toEqual(expect.arrayContaining([200, 422]))
      const { json } = await api.get('/users/me/tokens?limit=1', { token: user.token })
      expect(json.items[0].scopes).toHaveLength(1)
      const isLeft = json.items[0].scopes[0] === 'account:read'
      expect((await api.get('/users/me', { token })).status).toBe(isLeft ? 200 : 403)
    }
  })

  test('Revoked tokens and tokens of other users cannot be changed', async () => {
    const [user, stranger] = [await newUser(api), await newUser(api)]
    const { id, token } = await newToken(api, user, { scopes: ['account:read'] })
    const path = `/users/me/tokens/${id}`
    const attempts = (person: { token: string }) => [
      () => api.patch(path, { token: person.token, json: { name: 'x' } }),
      () => api.delete(path, { token: person.token }),
    ]
    for (const attempt of attempts(stranger)) expect((await attempt()).json.code).toBe('api_tokens.not_found')
    expect((await api.get('/users/me', { token })).status).toBe(200)
    expect((await api.delete(path, { token: user.token, headers: { 'if-match': '"9"' } })).status).toBe(412)
    expect((await api.delete(path, { token: user.token })).status).toBe(204)
    expect((await api.get('/users/me', { token })).json.code).toBe('auth.token_revoked')
    for (const attempt of attempts(user)) expect((await attempt()).json.code).toBe('api_tokens.not_found')
    expect((await api.get('/users/me/tokens', { token: user.token })).json.items).toEqual([])
  })
})

describe('an admin', () => {
  test('Only admins can list and revoke the API tokens of another user', async () => {
    const [admin, user, other] = [await newAdmin(api), await newUser(api), await newUser(api)]
    const created = await newToken(api, user, { scopes: ['account:read'] })
    const path = `/users/${user.id}/tokens`
    const list = await api.get(path, { token: admin.token })
    expect(list.json.items.map(({ id }: any) => id)).toEqual([created.id])
    expect(list.text).not.toContain(created.token)
    for (const { token } of [user, other]) {
      expect((await api.get(path, { token })).json.code).toBe('auth.forbidden')
      expect((await api.delete(`${path}/${created.id}`, { token })).json.code).toBe('auth.forbidden')
    }
    expect((await api.delete(`/users/${other.id}/tokens/${created.id}`, { token: admin.token })).status).toBe(
      404,
    )
    expect((await api.delete(`${path}/${created.id}`, { token: admin.token })).status).toBe(204)
    expect((await api.get('/users/me', { token: created.token })).json.code).toBe('auth.token_revoked')
    expect((await api.delete(`${path}/${created.id}`, { token: admin.token })).status).toBe(404)
    expect((await api.get(`/users/${crypto.randomUUID()}/tokens`, { token: admin.token })).status).toBe(404)
  })

  test('The audit events show tokens that were created, changed and revoked, and the token of a request', async () => {
    const [admin, user] = [await ownAdmin(api), await newUser(api)]
    const created = await newToken(api, user, { scopes: ['account:read', 'posts:read'] })
    await api.patch(`/users/me/tokens/${created.id}`, { token: user.token, json: { scopes: ['posts:read'] } })
    await api.delete(`/users/me/tokens/${created.id}`, { token: user.token })
    const { id: by, token } = await newToken(api, admin, { scopes: ['users:write', 'audit:read'] })
    await api.patch(`/users/${user.id}`, { token, json: { disabled: true } })
    const { json, text } = await api.get(`/audit-events?user=${user.id}`, { token })
    expect(json.items.map(({ action, detail }: any) => [action, detail])).toEqual([
      ['user.disabled', { by_token: by }],
      ['api_token.revoked', { token: created.id }],
      ['api_token.changed', { token: created.id, scopes: 'posts:read' }],
      ['api_token.created', { token: created.id, scopes: 'account:read posts:read' }],
      ['user.registered', {}],
    ])
    expect(json.items[0]).toMatchObject({ actor_id: admin.id, session_id: null })
    expect(text).not.toContain('gp_')
  })
})

test('The list of API tokens is sorted by age, newest first, and its cursor leads through all pages', async () => {
  const [user, other] = [await newUser(api), await newUser(api)]
  for (const name of ['1', '2', '3']) await newToken(api, user, { name, scopes: ['posts:read'] })
  const first = await api.get('/users/me/tokens?limit=2', { token: user.token })
  const next = `/users/me/tokens?limit=2&cursor=${first.json.next_cursor}`
  const second = await api.get(next, { token: await newSession(api, user) })
  expect([...first.json.items, ...second.json.items].map(({ name }) => name)).toEqual(['3', '2', '1'])
  expect((await api.get(next, { token: other.token })).status).toBe(422)
})
