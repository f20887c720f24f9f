import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { forge } from '../support/tokens.ts'
import { openService } from './service.ts'

// System A: a server that calls an API with a token and renders the response in a template. Differences in
// Gatepost:
// - sign-up is POST /users and log-in POST /auth/token; both take a username beside the address;
// - the token lives 15 minutes and not 5 seconds, and the cookie is named gatepost_access.

const call = openService()
const account = { username: 'minsu.kim', email: 'minsu@naver.com', password: '봄날의 산책길 스물하나' }

async function signUp() {
  const created = await call('POST', '/users', { json: account })
  if (created.status === 201) return created.json
  const { username, password } = account
  return (await call('POST', '/auth/token', { json: { username, password } })).json
}

test('A new user gets a token, and no hash', async () => {
  const session = await signUp()
  expect(session.access_token.split('.')).toHaveLength(3)
  expect(JSON.stringify(session)).not.toMatch(/password|\$2[aby]\$/)
})

test('A server calls with "Authorization: Token …" and shows the data in a template', async () => {
  const { access_token } = await signUp()
  const headers = { authorization: `Token ${access_token}` }
  const post = { title: '서울의 <봄>', body: '벚꽃이 피었습니다.', tags: ['여행'] }
  const created = await call('POST', '/posts', { headers, json: post })
  expect(created.status).toBe(201)
  const read = await call('GET', created.headers.get('location') ?? '', { headers })
  const page = await html`<h1>${read.json.title}</h1><p>${read.json.body}</p>`
  expect(String(page)).toBe('<h1>서울의 &lt;봄&gt;</h1><p>벚꽃이 피었습니다.</p>')
})

test('Parameters are sent in the path and in the query', async () => {
  const { access_token, user } = await signUp()
  const headers = { authorization: `Token ${access_token}` }
  const json = { title: '검색', body: '도서관에서 책을 읽었다.' }
  const { id } = (await call('POST', '/posts', { headers, json })).json
  expect((await call('GET', `/posts/${id}`, { headers })).json.id).toBe(id)
  const query = new URLSearchParams({ author: user.username, q: '도서관', limit: '5' })
  expect((await call('GET', `/posts?${query}`)).json.items).toMatchObject([{ id, title: '검색' }])
})

test('The token is read from a cookie, and the user is found from it', async () => {
  await signUp()
  const { email, password } = account
  const logIn = await call('POST', '/auth/token?carrier=cookie', { json: { username: email, password } })
  const cookies = logIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  const me = await call('GET', '/users/me', { headers: { cookie: cookies.join('; ') } })
  expect([me.status, me.json.email]).toEqual([200, account.email])
})

test('An expired token and a malformed one have different errors, in header and cookie', async () => {
  const { access_token } = await signUp()
  const now = Math.floor(Date.now() / 1000)
  const expired = forge({ from: access_token, payload: { iat: now - 7200, exp: now - 3600 } })
  const cases = [
    [expired, 'auth.token_expired'],
    ['not.a.token', 'auth.token_invalid'],
  ]
  for (const [token, code] of cases) {
    const inHeader = await call('GET', '/users/me', { headers: { authorization: `Token ${token}` } })
    const inCookie = await call('GET', '/users/me', { headers: { cookie: `gatepost_access=${token}` } })
    expect([inHeader.status, inHeader.json.code]).toEqual([401, code])
    expect([inCookie.status, inCookie.json.code]).toEqual([401, code])
  }
})
