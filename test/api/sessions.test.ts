import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, password } from '../support/people.ts'
import { decodeToken } from '../support/tokens.ts'

const api = await openApi()
const logIn = async (username: string) =>
  (await api.post('/auth/token', { json: { username, password } })).json
const refresh = (refresh_token: string) => api.post('/auth/refresh', { json: { refresh_token } })

describe('refresh', () => {
  test('A refresh returns new tokens of the same session', async () => {
    const { session } = await newUser(api)
    const { status, json } = await refresh(session.refresh_token)
    expect(status).toBe(200)
    expect(json.refresh_token).not.toBe(session.refresh_token)
    const [before, after] = [
      decodeToken(session.access_token).payload,
      decodeToken(json.access_token).payload,
    ]
    expect([after.sid, after.sub]).toEqual([before.sid, before.sub])
    expect(after.jti).not.toBe(before.jti)
    expect((await api.get('/auth/whoami', { token: json.access_token })).status).toBe(200)
    expect((await refresh(json.refresh_token)).status).toBe(200)
  })

  test('Two refreshes with the same token return the same successor', async () => {
    const { session } = await newUser(api)
    const [first, second] = [await refresh(session.refresh_token), await refresh(session.refresh_token)]
    expect([second.status, second.json.refresh_token]).toEqual([200, first.json.refresh_token])
  })

  test('Fifty concurrent refreshes return the same successor and end no session', async () => {
    const { session } = await newUser(api)
    const responses = await Promise.all(Array.from({ length: 50 }, () => refresh(session.refresh_token)))
    expect(responses.map((response) => response.status)).toEqual(Array(50).fill(200))
    const successors = new Set(responses.map((response) => response.json.refresh_token))
    expect(successors.size).toBe(1)
    expect((await refresh([...successors][0])).status).toBe(200)
  })

  test('A token that was replaced twice within the grace period returns the current one', async () => {
    const { session } = await newUser(api)
    const second = (await refresh(session.refresh_token)).json
    const third = (await refresh(second.refresh_token)).json
    for (const late of [session, second]) {
      expect((await refresh(late.refresh_token)).json.refresh_token).toBe(third.refresh_token)
    }
    expect((await refresh(third.refresh_token)).status).toBe(200)
  })

  test('Ten tabs that each keep their own last token end no session', async () => {
    const { session } = await newUser(api)
    let stored = session.refresh_token // shared by the tabs, set by whichever response arrives last
    const tab = async () => {
      for (let round = 0; round < 8; round++) {
        const { status, json } = await refresh(stored)
        expect([status, json.code]).toEqual([200, undefined])
        stored = json.refresh_token
      }
    }
    await Promise.all(Array.from({ length: 10 }, tab))
  })

  test('A refresh with an invented token ends no session', async () => {
    const { session } = await newUser(api)
    const [id, secret] = session.refresh_token.split('.')
    const flipped = (secret[0] === 'A' ? 'B' : 'A') + secret.slice(1)
    const inventions = [
      `${id}.${flipped}`,
      `${id}.${'A'.repeat(64)}`,
      `${id}.`,
      id,
      '.',
      'x',
      `${id}.${secret}=`,
      `${id}.${secret}.x`,
      `${crypto.randomUUID()}.${secret}`,
      session.access_token,
    ]
    for (const invention of inventions) {
      const response = await refresh(invention)
      expect([response.status, response.json.code]).toEqual([401, 'auth.refresh_invalid'])
    }
    expect((await refresh(session.refresh_token)).status).toBe(200)
  })

  test('A refresh needs a token', async () => {
    expect((await api.post('/auth/refresh')).json.code).toBe('auth.refresh_missing')
    expect((await api.post('/auth/refresh', { json: {} })).status).toBe(422)
  })
})

describe('log-out', () => {
  test('A log-out ends the session at the very next request, and no other session', async () => {
    const user = await newUser(api)
    const other = await logIn(user.username)
    expect((await api.post('/auth/logout', { token: user.token })).status).toBe(204)
    const next = await api.get('/users/me', { token: user.token })
    expect([next.status, next.json.code]).toEqual([401, 'auth.session_revoked'])
    expect((await refresh(user.session.refresh_token)).json.code).toBe('auth.session_revoked')
    expect((await api.get('/users/me', { token: other.access_token })).status).toBe(200)
  })
})

describe('the list of sessions', () => {
  test('The list shows all sessions of the user, newest first, and marks the current one', async () => {
    const user = await newUser(api)
    const agent = 'Gatepost test/1.0'
    await api.post('/auth/token', {
      json: { username: user.username, password },
      headers: { 'user-agent': agent },
    })
    const list = await api.get('/auth/sessions', { token: user.token })
    expect(list.json.items).toHaveLength(2)
    expect(list.json.items[0]).toMatchObject({ device: agent, current: false })
    expect(list.json.items[1]).toMatchObject({ current: true, id: decodeToken(user.token).payload.sid })
    expect(list.json.items[0].address).toEqual(expect.any(String))
    const page = await api.get('/auth/sessions?limit=1', { token: user.token })
    const rest = await api.get(`/auth/sessions?limit=1&cursor=${page.json.next_cursor}`, {
      token: user.token,
    })
    expect([...page.json.items, ...rest.json.items]).toEqual(list.json.items)
  })

  test('A user can end their own sessions, but none of another user', async () => {
    const [user, stranger] = [await newUser(api), await newUser(api)]
    const other = await logIn(user.username)
    const id = decodeToken(other.access_token).payload.sid
    const foreignSession = await api.delete(`/auth/sessions/${id}`, { token: stranger.token })
    expect([foreignSession.status, foreignSession.json.code]).toEqual([404, 'sessions.not_found'])
    expect((await api.delete(`/auth/sessions/${id}`, { token: user.token })).status).toBe(204)
    expect((await api.get('/users/me', { token: other.access_token })).json.code).toBe('auth.session_revoked')
    expect((await api.delete(`/auth/sessions/${id}`, { token: user.token })).status).toBe(404)
    expect((await api.get('/users/me', { token: user.token })).status).toBe(200)
  })

  test('A user can end all sessions, with or without the current one', async () => {
    const user = await newUser(api)
    const other = await logIn(user.username)
    expect((await api.delete('/auth/sessions?except_current=true', { token: user.token })).status).toBe(204)
    expect((await api.get('/users/me', { token: other.access_token })).json.code).toBe('auth.session_revoked')
    expect((await api.delete('/auth/sessions', { token: user.token })).status).toBe(204)
    expect((await api.get('/users/me', { token: user.token })).json.code).toBe('auth.session_revoked')
  })
})

describe('password changes', () => {
  test('A password change needs the current password and ends all other sessions', async () => {
    const user = await newUser(api)
    const other = await logIn(user.username)
    const change = (current_password: string, new_password: string) =>
      api.put('/users/me/password', { token: user.token, json: { current_password, new_password } })
    const wrong = await change('wrong horse battery', 'another horse battery')
    expect([wrong.status, wrong.json.code]).toEqual([403, 'auth.wrong_password'])
    expect((await change(password, 'password1')).json.errors[0]).toMatchObject({
      pointer: '/new_password',
      code: 'too_common',
    })
    expect((await change(password, 'another horse battery')).status).toBe(204)
    expect((await api.get('/users/me', { token: other.access_token })).json.code).toBe('auth.session_revoked')
    expect((await api.get('/users/me', { token: user.token })).status).toBe(200)
    expect((await api.post('/auth/token', { json: { username: user.username, password } })).status).toBe(401)
    const again = { username: user.username, password: 'another horse battery' }
    expect((await api.post('/auth/token', { json: again })).status).toBe(200)
  })
})

describe('deletion of the account', () => {
  test('A deletion needs the password, deletes the posts and ends all sessions', async () => {
    const user = await newUser(api)
    const other = await logIn(user.username)
    const reader = await newUser(api)
    const post = await api.post('/posts', { token: user.token, json: { title: 'T', body: 'B' } })
    const wrong = await api.delete('/users/me', {
      token: user.token,
      json: { password: 'wrong horse battery' },
    })
    expect([wrong.status, wrong.json.code]).toEqual([403, 'auth.wrong_password'])
    expect((await api.delete('/users/me', { token: user.token })).status).toBe(400)
    expect((await api.delete('/users/me', { token: user.token, json: { password } })).status).toBe(204)
    for (const token of [user.token, other.access_token]) {
      expect((await api.get('/users/me', { token })).json.code).toBe('auth.session_revoked')
    }
    expect((await refresh(other.refresh_token)).json.code).toBe('auth.session_revoked')
    expect((await api.get(`/posts/${post.json.id}`, { token: reader.token })).status).toBe(404)
    expect((await api.get(`/users/${user.id}`, { token: reader.token })).status).toBe(404)
    expect((await newUser(api, { username: user.username, email: user.email })).id).not.toBe(user.id)
  })
})

describe('admins', () => {
  test('A change of the role by an admin ends the user’s sessions', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    const response = await api.patch(`/users/${user.id}`, { token: admin.token, json: { role: 'admin' } })
    expect(response.json).toMatchObject({ id: user.id, role: 'admin', disabled: false, email: user.email })
    expect((await api.get('/users/me', { token: user.token })).json.code).toBe('auth.session_revoked')
    const promoted = await logIn(user.username)
    expect(decodeToken(promoted.access_token).payload.role).toBe('admin')
    await api.patch(`/users/${user.id}`, { token: admin.token, json: { role: 'user' } })
    expect((await api.get('/audit-events', { token: promoted.access_token })).json.code).toBe(
      'auth.session_revoked',
    )
  })

  test('A disabled account cannot log in, refresh or make requests', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    const response = await api.patch(`/users/${user.id}`, { token: admin.token, json: { disabled: true } })
    expect(response.json.disabled).toBe(true)
    expect((await api.get('/users/me', { token: user.token })).json.code).toBe('auth.session_revoked')
    expect((await refresh(user.session.refresh_token)).json.code).toBe('auth.session_revoked')
    const login = await api.post('/auth/token', { json: { username: user.username, password } })
    expect([login.status, login.json.code]).toEqual([401, 'auth.bad_credentials'])
    const list = await api.get(`/users?disabled=true&q=${user.username}`, { token: admin.token })
    expect(list.json.items).toHaveLength(1)
    await api.patch(`/users/${user.id}`, { token: admin.token, json: { disabled: false } })
    expect((await api.post('/auth/token', { json: { username: user.username, password } })).status).toBe(200)
  })

  test('An admin who sets the same values ends no session', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    for (const json of [{}, { role: 'user' }, { disabled: false }]) {
      expect((await api.patch(`/users/${user.id}`, { token: admin.token, json })).status).toBe(200)
    }
    expect((await api.get('/users/me', { token: user.token })).status).toBe(200)
  })

  test('An admin can end the sessions of others', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    expect((await api.delete(`/users/${user.id}/sessions`, { token: admin.token })).status).toBe(204)
    expect((await api.get('/users/me', { token: user.token })).json.code).toBe('auth.session_revoked')
    expect((await api.delete(`/users/${crypto.randomUUID()}/sessions`, { token: admin.token })).status).toBe(
      404,
    )
  })

  test('A change by an admin respects If-Match', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    const tag = (await api.get(`/users/${user.id}`, { token: admin.token })).headers.get('etag') ?? ''
    const change = (disabled: boolean) =>
      api.patch(`/users/${user.id}`, { token: admin.token, json: { disabled }, headers: { 'if-match': tag } })
    expect((await change(true)).status).toBe(200)
    expect((await change(false)).status).toBe(412)
  })

  test('Only admins have these rights', async () => {
    const [user, other] = [await newUser(api), await newUser(api)]
    const { token } = user
    const responses = [
      await api.patch(`/users/${other.id}`, { token, json: { disabled: true } }),
      await api.patch(`/users/${user.id}`, { token, json: { role: 'admin' } }),
      await api.delete(`/users/${other.id}/sessions`, { token }),
      await api.get('/audit-events', { token }),
      await api.get('/users?disabled=true', { token }),
    ]
    expect(responses.map((response) => [response.status, response.json.code])).toEqual(
      Array(5).fill([403, 'auth.forbidden']),
    )
  })

  test('An admin can find users by e-mail address and role', async () => {
    const [admin, user] = [
      await newAdmin(api),
      await newUser(api, { email: `${crypto.randomUUID()}@mail.example` }),
    ]
    const byEmail = `/users?q=${user.email.slice(0, 30)}`
    expect((await api.get(byEmail, { token: admin.token })).json.items).toHaveLength(1)
    expect((await api.get(byEmail, { token: user.token })).json.items).toHaveLength(0)
    const admins = await api.get('/users?role=admin&q=root-admin', { token: user.token })
    expect(admins.json.items.map((item: any) => item.username)).toEqual(['root-admin'])
  })
})

describe('audit events', () => {
  test('Audit events record what happened to an account, without secrets', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    await api.post('/auth/token', { json: { username: user.username, password: 'wrong horse battery' } })
    await refresh(user.session.refresh_token)
    await api.put('/users/me/password', {
      token: user.token,
      json: { current_password: password, new_password: 'another horse battery' },
    })
    await api.patch(`/users/${user.id}`, { token: admin.token, json: { disabled: true } })
    const events = await api.get(`/audit-events?user=${user.id}`, { token: admin.token })
    expect(events.json.items.map((event: any) => event.action)).toEqual([
      'user.disabled',
      'user.password_changed',
      'session.refreshed',
      'session.login_failed',
      'user.registered',
    ])
    expect(events.json.items[0]).toMatchObject({ actor_id: admin.id, user_id: user.id })
    expect(events.text).not.toContain(password)
    expect(events.text).not.toContain('horse')
    const some = await api.get(`/audit-events?user=${user.id}&action=user.disabled`, { token: admin.token })
    expect(some.json.items).toHaveLength(1)
  })

  test('Audit events can be filtered by time, page by page', async () => {
    const [admin, user] = [await newAdmin(api), await newUser(api)]
    for (let n = 0; n < 3; n++) await logIn(user.username)
    const all = (await api.get(`/audit-events?user=${user.id}`, { token: admin.token })).json.items
    const since = encodeURIComponent(all[1].at)
    const recent = await api.get(`/audit-events?user=${user.id}&since=${since}&limit=1`, {
      token: admin.token,
    })
    expect(recent.json.items).toEqual([all[0]])
    const next = /<([^>]+)>/.exec(recent.headers.get('link') ?? '')?.[1] ?? ''
    expect((await api.get(next, { token: admin.token })).json.items[0].id).toBe(all[1].id)
    expect((await api.get('/audit-events?since=yesterday', { token: admin.token })).status).toBe(422)
  })
})

describe('changes of the e-mail address', () => {
  test('A new e-mail address needs the right password', async () => {
    const { token } = await newUser(api)
    const change = (current_password: string) =>
      api.patch('/users/me', {
        token,
        json: { email: `${crypto.randomUUID()}@example.com`, current_password },
      })
    expect((await change('wrong horse battery')).json.code).toBe('auth.wrong_password')
    expect((await change(password)).status).toBe(200)
  })
})
