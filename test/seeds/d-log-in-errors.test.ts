import { beforeAll, expect, test } from 'vitest'
import { openService } from './service.ts'

// System D: Flask-JWT-Extended, POST /login with four different errors and a route that says logged_in_as. Different:
// - the path is /auth/token, and errors are problems with a code instead of {"msg": …};
// - a body that is not JSON is 415, a missing field 422 with its pointer, where it was always 400.

const call = openService()
const account = { username: 'cheolsu', email: 'cheolsu@hanmail.net', password: '겨울밤에 듣는 노래' }
const { username, password } = account
beforeAll(async () => {
  expect((await call('POST', '/users', { json: account })).status).toBe(201)
})

test('A body that is not JSON, a missing username, a missing password and bad credentials are four different errors', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const noJson = await call('POST', '/auth/token', { headers: form, json: 'username=cheolsu' })
  const noUsername = await call('POST', '/auth/token', { json: { password } })
  const noPassword = await call('POST', '/auth/token', { json: { username } })
  const bad = await call('POST', '/auth/token', { json: { username, password: '틀린 비밀번호' } })
  expect([noJson.status, noJson.json.code]).toEqual([415, 'request.unsupported_media_type'])
  expect([noUsername.status, noUsername.json.errors]).toMatchObject([422, [{ pointer: '/username' }]])
  expect([noPassword.status, noPassword.json.errors]).toMatchObject([422, [{ pointer: '/password' }]])
  expect([bad.status, bad.json.code]).toEqual([401, 'auth.bad_credentials'])
})

test('A protected route names the user of the token', async () => {
  const { access_token } = (await call('POST', '/auth/token', { json: { username, password } })).json
  const headers = { authorization: `Bearer ${access_token}` }
  expect((await call('GET', '/auth/whoami', { headers })).json).toMatchObject({ logged_in_as: username })
  const nobody = await call('GET', '/auth/whoami')
  expect([nobody.status, nobody.json.code]).toEqual([401, 'auth.token_missing'])
})
