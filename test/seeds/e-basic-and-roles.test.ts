import { expect, test } from 'vitest'
import { rootAdmin } from '../support/settings.ts'
import { basic, openService } from './service.ts'

// System E: people with public ids and roles, log-in with HTTP Basic, the token in x-access-token. Different:
// - a person is made by POST /users, the id is the public id, and the list has no hashes and no addresses;
// - "Token is invalid!" is the problem auth.token_invalid; logging in is POST and not GET.

const call = openService()
const account = { username: 'jiyoung', email: 'jiyoung@gmail.com', password: '바다가 보이는 작은 집' }

test('A user is created, listed and read by public id, with the token in x-access-token', async () => {
  const created = await call('POST', '/users', { json: account })
  expect(created.status).toBe(201)
  const { id } = created.json.user
  const logIn = await call('POST', '/auth/token', { headers: basic(account.username, account.password) })
  expect(logIn.status).toBe(200)
  const headers = { 'x-access-token': logIn.json.access_token }
  const list = await call('GET', '/users?q=jiyoung', { headers })
  expect(list.json.items).toEqual([expect.objectContaining({ id, username: 'jiyoung', role: 'user' })])
  expect(JSON.stringify(list.json)).not.toMatch(/password|\$2[aby]\$|gmail/)
  expect((await call('GET', `/users/${id}`, { headers })).json).toMatchObject({ id, role: 'user' })
})

test('An invalid token and a missing one have different errors', async () => {
  const invalid = await call('GET', '/users', { headers: { 'x-access-token': 'abc.def.ghi' } })
  expect([invalid.status, invalid.json.code]).toEqual([401, 'auth.token_invalid'])
  const missing = await call('GET', '/users')
  expect([missing.status, missing.json.code]).toEqual([401, 'auth.token_missing'])
})

test('Only an admin can promote a user', async () => {
  const admin = (
    await call('POST', '/auth/token', { headers: basic(rootAdmin.username, rootAdmin.password) })
  ).json
  const other = (
    await call('POST', '/users', { json: { ...account, username: 'dongho', email: 'dongho@naver.com' } })
  ).json
  const asUser = { 'x-access-token': other.access_token }
  const path = `/users/${other.user.id}`
  expect((await call('PATCH', path, { headers: asUser, json: { role: 'admin' } })).status).toBe(403)
  const asAdmin = { 'x-access-token': admin.access_token }
  const promoted = await call('PATCH', path, { headers: asAdmin, json: { role: 'admin' } })
  expect([promoted.status, promoted.json.role]).toEqual([200, 'admin'])
})
