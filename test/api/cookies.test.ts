import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser, password } from '../support/people.ts'

const api = await openApi()
const ownOrigin = api.url ?? 'http://localhost'
const sameOrigin = { 'sec-fetch-site': 'same-origin' }

async function logInWithCookies() {
  const user = await newUser(api)
  const json = { username: user.username, password }
  const answer = await api.post('/auth/token?carrier=cookie', { json })
  const cookies = answer.headers.getSetCookie()
  const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
  return { user, cookie, cookies }
}

describe('tokens in cookies', () => {
  test('are set when asked for, out of the reach of scripts', async () => {
    const { cookies, user } = await logInWithCookies()
    expect(cookies.map((line) => line.split('=', 1)[0])).toEqual(['gatepost_access', 'gatepost_refresh'])
    for (const line of cookies) expect(line).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
    const plain = await api.post('/auth/token', { json: { username: user.username, password } })
    expect(plain.headers.getSetCookie()).toEqual([])
  })

  test('let one read', async () => {
    const { user, cookie } = await logInWithCookies()
    const answer = await api.get('/auth/whoami', { headers: { cookie } })
    expect(answer.json.logged_in_as).toBe(user.username)
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
  ])('let one write with %s as they should', async (_what, proof, status) => {
    const { cookie } = await logInWithCookies()
    const headers = { cookie, ...proof } as Record<string, string>
    const answer = await api.post('/posts', { headers, json: { title: 'T', body: 'B' } })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.json.code).toBe('auth.cross_site')
  })

  test('are refreshed without a body, and replaced', async () => {
    const { cookie } = await logInWithCookies()
    expect((await api.post('/auth/refresh?carrier=cookie', { headers: { cookie } })).json.code).toBe(
      'auth.cross_site',
    )
    const answer = await api.post('/auth/refresh?carrier=cookie', { headers: { cookie, ...sameOrigin } })
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([200, 2])
  })

  test('are taken away by logging out', async () => {
    const { cookie } = await logInWithCookies()
    const answer = await api.post('/auth/logout', { headers: { cookie, ...sameOrigin } })
    expect(answer.headers.getSetCookie().map((line) => line.split(';', 1)[0])).toEqual([
      'gatepost_access=',
      'gatepost_refresh=',
    ])
    expect((await api.get('/users/me', { headers: { cookie } })).json.code).toBe('auth.session_revoked')
  })

  test('beside another credential are refused', async () => {
    const { cookie, user } = await logInWithCookies()
    const answer = await api.get('/users/me', { token: user.token, headers: { cookie } })
    expect([answer.status, answer.json.code]).toEqual([400, 'auth.two_credentials'])
  })

  test('that are garbage are an invalid token', async () => {
    const answer = await api.get('/users/me', { headers: { cookie: 'gatepost_access=garbage' } })
    expect(answer.json.code).toBe('auth.token_invalid')
  })
})
