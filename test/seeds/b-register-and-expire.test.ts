import { expect, test } from 'vitest'
import { decodeToken, forge } from '../support/tokens.ts'
import { openService } from './service.ts'

// System B: register {username, email, password}, log in by address, a token for one minute. Differences in
// Gatepost:
// - the path is /users, a wrong password is 401 and not 200, and it is not said whether an address is known;
// - passwords may be long: up to 72 bytes, and from 8 characters on.

const call = openService({ ACCESS_TOKEN_TTL: '1m' })
const account = { username: '홍길동', email: 'abc@naver.com', password: '동해물과 백두산이' }

test('홍길동 registers, gets a token for one minute, and it expires', async () => {
  const registered = await call('POST', '/users', { json: account })
  expect([registered.status, registered.json.expires_in]).toEqual([201, 60])
  const token: string = registered.json.access_token
  const { iat, exp } = decodeToken(token).payload
  expect(exp - iat).toBe(60)
  const whoami = await call('GET', '/auth/whoami', { headers: { authorization: `Bearer ${token}` } })
  expect([whoami.status, whoami.json.logged_in_as]).toEqual([200, account.username])

  // The same token after more than a minute.
  const old = forge({ from: token, payload: { iat: iat - 120, exp: exp - 120 } })
  const refused = await call('GET', '/auth/whoami', { headers: { authorization: `Bearer ${old}` } })
  expect([refused.status, refused.json.code]).toEqual([401, 'auth.token_expired'])

  const again = await call('POST', '/users', { json: account })
  expect([again.status, again.json.code]).toEqual([409, 'users.username_taken'])
  const { email, password } = account
  const logIn = await call('POST', '/auth/token', { json: { username: email, password } })
  expect([logIn.status, logIn.json.user.username]).toEqual([200, account.username])
  expect(logIn.json.user.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('A wrong password and an unknown address get the same 401', async () => {
  const wrong = await call('POST', '/auth/token', {
    json: { username: 'abc@naver.com', password: '아닌데요' },
  })
  const unknown = await call('POST', '/auth/token', {
    json: { username: 'xyz@naver.com', password: '아닌데요' },
  })
  expect([wrong.status, wrong.json.code]).toEqual([401, 'auth.bad_credentials'])
  expect([unknown.status, unknown.json.code, unknown.json.detail]).toEqual([
    401,
    wrong.json.code,
    wrong.json.detail,
  ])
})

test('The address and the length of the password are validated, and the errors name the fields', async () => {
  const json = { username: '임꺽정', email: 'naver.com', password: '1234' }
  const refused = await call('POST', '/users', { json })
  const pointers = refused.json.errors.map(({ pointer }: { pointer: string }) => pointer)
  expect([refused.status, pointers]).toEqual([422, ['/email', '/password']])
})
