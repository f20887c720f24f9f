import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser, password } from '../support/people.ts'

const api = await openApi()
const ownOrigin = api.url ?? 'http://localhost'
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

async function logInWithCookies() {
  const user = await newUser(api)
  const json = { username: user.username, password }
  const response = await api.post('/auth/token?carrier=cookie', { json })
  const cookies = response.headers.getSetCookie()
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
  return { user, cookie, cookies }
}

describe('tokens in cookies', () => {
  test('The cookies are set on request, and scripts cannot read them', async () => {
    const { cookies, user } = await logInWithCookies()
    expect(cookies.map((line) => line.split('=', 1)[0])).toEqual(['gatepost_access', 'gatepost_refresh'])
    for (const line of cookies) expect(line).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
    const plain = await api.post('/auth/token', { json: { username: user.username, password } })
    expect(plain.headers.getSetCookie()).toEqual([])
  })

  test('A token in a cookie is accepted for reading', async () => {
    const { user, cookie } = await logInWithCookies()
    const response = await api.get('/auth/whoami', { headers: { cookie } })
    expect(response.json.logged_in_as).toBe(user.username)
  })

  test.each([
    ['Sec-Fetch-Site: same-origin', sameOrigin, 201],
    ['its own Origin', { origin: ownOrigin }, 201],
    ['no proof', {}, 403],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }, 403],
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site', origin: ownOrigin }, 403],
    ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }, 403],
    ['another Origin', { origin: 'https://evil.example' }, 403],
    ['the Origin null', { origin: 'null' }, 403],
  ])(
    'A token in a cookie with %s is accepted or refused for writing as specified',
    async (_what, proof, status) => {
      const { cookie } = await logInWithCookies()
      const headers = { cookie, ...proof } as Record<string, string>
      const response = await api.post('/posts', { headers, json: { title: 'T', body: 'B' } })
      expect(response.status).toBe(status)
      if (status === 403) expect(response.json.code).toBe('auth.cross_site')
    },
  )

  test('Cookies are refreshed without a body, and replaced', async () => {
    const { cookie } = await logInWithCookies()
    expect((await api.post('/auth/refresh?carrier=cookie', { headers: { cookie } })).json.code).toBe(
      'auth.cross_site',
    )
    const response = await api.post('/auth/refresh?carrier=cookie', { headers: { cookie, ...sameOrigin } })
    expect([response.status, response.headers.getSetCookie().length]).toEqual([200, 2])
  })

  test('A log-out deletes the cookies', async () => {
    const { cookie } = await logInWithCookies()
    const response = await api.post('/auth/logout', { headers: { cookie, ...sameOrigin } })
    expect(response.headers.getSetCookie().map((line) => line.split(';', 1)[0])).toEqual([
      'gatepost_access=',
      'gatepost_refresh=',
    ])
    expect((await api.get('/users/me', { headers: { cookie } })).json.code).toBe('auth.session_revoked')
  })

  test('A cookie counts only if no header carries a credential', async () => {
    const [{ cookie, user }, other] = [await logInWithCookies(), await newUser(api)]
    for (const headers of [
      { authorization: other.token },
      { authorization: `Bearer ${other.token}` },
      { 'x-access-token': other.token },
    ]) {
      const all = { ...headers, cookie } as Record<string, string>
      expect((await api.get('/users/me', { headers: all })).json.id).toBe(other.id)
      // A credential in a header proves that the client itself sends the request.
      expect((await api.post('/posts', { headers: all, json: { title: 'T', body: 'B' } })).status).toBe(201)
    }
    for (const authorization of ['', ' ', 'Bearer', 'bearer ', 'Token', 'JWT'])
      expect((await api.get('/users/me', { headers: { authorization, cookie } })).json.id).toBe(user.id)
    const wrong = await api.get('/users/me', { headers: { authorization: 'Bearer garbage', cookie } })
    expect(wrong.json.code).toBe('auth.token_invalid')
    const two = { authorization: other.token, 'x-access-token': other.token, cookie }
    expect((await api.get('/users/me', { headers: two })).json.code).toBe('auth.two_credentials')
  })

  test('Cookies stay if another session, from a header, is logged out or its account deleted', async () => {
    const [{ cookie, user }, other] = [await logInWithCookies(), await newUser(api)]
    const headers = { cookie }
    const gone = await api.delete('/users/me', {
      token: other.token,
      headers,
      json: { password: other.password },
    })
    expect([gone.status, gone.headers.getSetCookie()]).toEqual([204, []])
    const out = await api.post('/auth/logout', { token: user.token, headers })
    expect([out.status, out.headers.getSetCookie()]).toEqual([204, []])
    expect((await api.get('/users/me', { headers })).json.id).toBe(user.id)
  })

  test('A meaningless cookie is an invalid token', async () => {
    const response = await api.get('/users/me', { headers: { cookie: 'gatepost_access=garbage' } })
    expect(response.json.code).toBe('auth.token_invalid')
  })
})
