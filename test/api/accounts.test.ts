import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, password } from '../support/people.ts'
import { decodeToken } from '../support/tokens.ts'

const api = await openApi()
const unique = () => `u-${crypto.randomUUID().slice(0, 12)}`
const account = (changes: object = {}) => {
  const username = unique()
  return { username, email: `${username}@example.com`, password, ...changes }
}
const codesOf = (response: any) =>
  response.json.errors.map((error: any) => [error.pointer ?? error.name, error.code])

describe('registration', () => {
  test('Registration creates an account and logs in', async () => {
    const { username, email } = account()
    const response = await api.post('/users', { json: { username, email, password } })
    expect(response.status).toBe(201)
    expect(response.json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      user: { username, email, role: 'user' },
    })
    expect(response.headers.get('location')).toBe(`/users/${response.json.user.id}`)
    const me = await api.get('/users/me', { token: response.json.access_token })
    expect(me.json).toEqual(response.json.user)
  })

  test('Registration returns a token with the claims of the contract', async () => {
    const { token, id } = await newUser(api)
    const { header, payload } = decodeToken(token)
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: 'gatepost',
      aud: 'gatepost',
      sub: id,
      sid: expect.any(String),
      role: 'user',
      iat: expect.any(Number),
      exp: payload.iat + 900,
      jti: expect.any(String),
    })
  })

  test('Registration stores names in lower case and matches them without case', async () => {
    const name = unique()
    const first = await api.post('/users', {
      json: account({ username: name.toUpperCase(), email: `${name}@Example.COM` }),
    })
    expect(first.json.user).toMatchObject({ username: name, email: `${name}@example.com` })
    const second = await api.post('/users', { json: account({ username: name }) })
    expect([second.status, second.json.code]).toEqual([409, 'users.username_taken'])
    const third = await api.post('/users', { json: account({ email: `${name.toUpperCase()}@example.com` }) })
    expect([third.status, third.json.code]).toEqual([409, 'users.email_taken'])
  })

  test('Many concurrent registrations of one name create one account', async () => {
    const json = account()
    const responses = await Promise.all(Array.from({ length: 12 }, () => api.post('/users', { json })))
    const statuses = responses.map((response) => response.status).sort()
    expect(statuses).toEqual([201, ...Array(11).fill(409)])
  })

  test.each([
    ['a short username', { username: 'ab' }, '/username', 'invalid_format'],
    ['a username with a space', { username: 'a b c' }, '/username', 'invalid_format'],
    ['an e-mail address that is none', { email: 'nobody' }, '/email', 'invalid_format'],
    ['a short password', { password: 'seven77' }, '/password', 'too_short'],
    ['a password over 72 bytes', { password: 'é'.repeat(37) }, '/password', 'too_long'],
    ['a common password', { password: 'Password1' }, '/password', 'too_common'],
    ['a number for a name', { username: 5 }, '/username', 'invalid_type'],
    ['no password', { password: undefined }, '/password', 'required'],
    ['null for a password', { password: null }, '/password', 'invalid_type'],
    ['an unknown field', { role: 'admin' }, '/role', 'unknown_key'],
  ])('Registration refuses %s and points at the field', async (_what, change, pointer, code) => {
    const response = await api.post('/users', { json: account(change) })
    expect(response.status).toBe(422)
    expect(codesOf(response)).toEqual([[pointer, code]])
  })

  test('Registration refuses a password that is the username or e-mail address', async () => {
    const { username, email } = account()
    for (const password of [username, email.toUpperCase()]) {
      const response = await api.post('/users', { json: { username, email, password } })
      expect(codesOf(response)).toEqual([['/password', 'same_as_account']])
    }
  })

  test('Passwords are normalised, so the same password typed on another system matches', async () => {
    const { username } = await newUser(api, { password: 'caf\u00e9 caf\u00e9' })
    const response = await api.post('/auth/token', { json: { username, password: 'cafe\u0301 cafe\u0301' } })
    expect(response.status).toBe(200)
  })
})

describe('log-in', () => {
  test('A log-in works with username or e-mail address, in any case of letters', async () => {
    const user = await newUser(api)
    for (const username of [user.username, user.email, user.username.toUpperCase()]) {
      const response = await api.post('/auth/token', { json: { username, password } })
      expect([response.status, response.json.user.id]).toEqual([200, user.id])
    }
  })

  test('A log-in works with HTTP Basic and no body, in any script', async () => {
    const password = '비밀번호 여덟 글자'
    const user = await newUser(api, { password })
    for (const name of [user.username, user.email]) {
      const basic = Buffer.from(`${name}:${password}`).toString('base64')
      const response = await api.post('/auth/token', { headers: { authorization: `Basic ${basic}` } })
      expect([response.status, response.json.user.id]).toEqual([200, user.id])
    }
  })

  test.each([
    ['no header about a body', ''],
    ['an empty body', 'Content-Length: 0\r\n'],
    ['an empty body of JSON', 'Content-Length: 0\r\nContent-Type: application/json\r\n'],
    ['an empty body of another type', 'Content-Length: 0\r\nContent-Type: text/plain\r\n'],
  ])('A log-in works with HTTP Basic and %s', async (_what, headers) => {
    if (!api.url) return expect(api.target).toBe('in-process') // this is about HTTP itself
    const user = await newUser(api)
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    const basic = btoa(`${user.username}:${password}`)
    socket.write(
      `POST /auth/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${basic}\r\n${headers}Connection: close\r\n\r\n`,
    )
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
  })

  test('A wrong password and an unknown user get the same response', async () => {
    const { username } = await newUser(api)
    const wrong = await api.post('/auth/token', { json: { username, password: 'wrong horse battery' } })
    const unknown = await api.post('/auth/token', { json: { username: unique(), password } })
    const same = ({ status, json: { request_id: _, ...problem } }: any) => ({ status, problem })
    expect(same(wrong)).toEqual(same(unknown))
    expect(wrong.json.code).toBe('auth.bad_credentials')
  })

  test.each([
    ['no colon', btoa('nothing')],
    ['no base64', '%%%'],
    ['an empty password', btoa('ada:')],
    ['nothing', ''],
  ])('Basic credentials with %s are refused', async (_what, basic) => {
    const response = await api.post('/auth/token', { headers: { authorization: `Basic ${basic}` } })
    expect([response.status, response.json.code]).toEqual([401, 'auth.bad_credentials'])
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="gatepost", charset="UTF-8"')
  })

  test('A log-in without credentials or with two is refused', async () => {
    const none = await api.post('/auth/token')
    expect([none.status, none.json.code]).toEqual([401, 'auth.credentials_missing'])
    const both = await api.post('/auth/token', {
      json: { username: 'ada', password },
      headers: { authorization: `Basic ${btoa(`ada:${password}`)}` },
    })
    expect([both.status, both.json.code]).toEqual([400, 'auth.two_credentials'])
  })

  test('The problem names the missing fields', async () => {
    const response = await api.post('/auth/token', { json: {} })
    expect(codesOf(response)).toEqual([
      ['/username', 'required'],
      ['/password', 'required'],
    ])
  })

  test('A password that matches in its first 72 bytes but is longer is refused', async () => {
    const long = `${'xk'.repeat(35)}xy`
    const { username } = await newUser(api, { password: long })
    const response = await api.post('/auth/token', { json: { username, password: `${long}z` } })
    expect(response.status).toBe(401)
  })
})

describe('whoami', () => {
  test('whoami returns the user of the token, in whichever header it is sent', async () => {
    const { token, username, id } = await newUser(api)
    const ways = [
      { authorization: token },
      { authorization: `Bearer ${token}` },
      { authorization: `bearer  ${token}` },
      { 'x-access-token': token },
    ]
    for (const headers of ways) {
      const response = await api.get('/auth/whoami', { headers })
      expect(response.json).toMatchObject({
        logged_in_as: username,
        user: { id },
        session: { id: expect.any(String) },
      })
    }
  })

  test('whoami names another session after another log-in', async () => {
    const { token, username } = await newUser(api)
    const again = await api.post('/auth/token', { json: { username, password } })
    const first = await api.get('/auth/whoami', { token })
    const second = await api.get('/auth/whoami', { token: again.json.access_token })
    expect(first.json.session.id).not.toBe(second.json.session.id)
  })
})

describe('the caller’s own account', () => {
  test('An account can be renamed, and its old name is free again', async () => {
    const user = await newUser(api)
    const name = unique()
    const response = await api.patch('/users/me', {
      token: user.token,
      json: { username: name.toUpperCase() },
    })
    expect(response.json).toMatchObject({ id: user.id, username: name, email: user.email })
    expect((await newUser(api, { username: user.username })).username).toBe(user.username)
  })

  test('An account cannot take the name of another account', async () => {
    const [user, other] = [await newUser(api), await newUser(api)]
    const name = await api.patch('/users/me', { token: user.token, json: { username: other.username } })
    expect(name.json.code).toBe('users.username_taken')
    const email = await api.patch('/users/me', { token: user.token, json: { email: other.email } })
    expect(email.json.code).toBe('users.email_taken')
  })

  test('The owner of an account cannot change its role', async () => {
    const { token } = await newUser(api)
    const response = await api.patch('/users/me', { token, json: { role: 'admin' } })
    expect(codesOf(response)).toEqual([['/role', 'unknown_key']])
  })

  test('An empty change leaves the account unchanged', async () => {
    const { token } = await newUser(api)
    const before = await api.get('/users/me', { token })
    const after = await api.patch('/users/me', { token, json: {} })
    expect(after.json).toEqual(before.json)
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
  })

  test('An account has an entity tag for both kinds of conditions', async () => {
    const { token } = await newUser(api)
    const tag = (await api.get('/users/me', { token })).headers.get('etag') ?? ''
    expect((await api.get('/users/me', { token, headers: { 'if-none-match': tag } })).status).toBe(304)
    const change = { token, json: { username: unique() }, headers: { 'if-match': tag } }
    expect((await api.patch('/users/me', change)).status).toBe(200)
    expect((await api.patch('/users/me', { ...change, json: { username: unique() } })).status).toBe(412)
  })
})

describe('profiles', () => {
  test('Profiles show e-mail addresses only to admins', async () => {
    const [user, other, admin] = [await newUser(api), await newUser(api), await newAdmin(api)]
    const seen = await api.get(`/users/${other.id}`, { token: user.token })
    expect(seen.json).toEqual({
      id: other.id,
      username: other.username,
      name: null,
      role: 'user',
      created_at: expect.any(String),
    })
    const seenByAdmin = await api.get(`/users/${other.id}`, { token: admin.token })
    expect(seenByAdmin.json.email).toBe(other.email)
    const list = await api.get(`/users?q=${other.username}`, { token: user.token })
    expect(list.json.items).toEqual([seen.json])
    const listForAdmin = await api.get(`/users?q=${other.username}`, { token: admin.token })
    expect(listForAdmin.json.items).toEqual([seenByAdmin.json])
  })

  test('Profiles are found by a part of the name, without wildcards', async () => {
    const { token, username } = await newUser(api, { username: `x_${unique()}` })
    const found = await api.get(`/users?q=${username.slice(2, -1).toUpperCase()}`, { token })
    expect(found.json.items).toHaveLength(1)
    const wildcard = await api.get(`/users?q=${encodeURIComponent(username.replace('_', '%'))}`, { token })
    expect(wildcard.json).toEqual({ items: [], next_cursor: null })
  })

  test('Profiles are listed newest first, page by page, with no user missing or repeated', async () => {
    const part = unique()
    const created: string[] = []
    for (let n = 0; n < 5; n++) created.unshift((await newUser(api, { username: `${part}-${n}` })).id)
    const { token } = await newUser(api)
    const seen: string[] = []
    let path: string | undefined = `/users?q=${part}-&limit=2`
    while (path) {
      const page = await api.get(path, { token })
      seen.push(...page.json.items.map((user: any) => user.id))
      path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
      expect(path === undefined).toBe(page.json.next_cursor === null)
    }
    expect(seen).toEqual(created)
  })

  test('Unknown ids are 404, and malformed ids 422', async () => {
    const { token } = await newUser(api)
    expect((await api.get(`/users/${crypto.randomUUID()}`, { token })).json.code).toBe('users.not_found')
    expect((await api.get('/users/5', { token })).status).toBe(422)
  })
})
