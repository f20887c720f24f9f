import { expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { openClockedApi } from '../support/clocked-api.ts'
import { password } from '../support/people.ts'
import { errorBeside, newAdminVisitor, newMember } from '../support/visitor.ts'

const api = await openApi()
const path = '/app/account/tokens'
const form = { name: 'Nightly <build>', scopes: 'posts:read', expires_in: '604800', current_password: '' }

test('The pages create, list and revoke API tokens, and show a token only once', async () => {
  const member = await newMember(api)
  expect((await member.open('/app/account')).text).toContain(`href="${path}"`)
  expect((await member.open(path)).text).toContain('You have no API tokens.')
  const created = await member.post(path, form)
  expect([created.status, created.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const [token = ''] = /gp_[0-9A-Za-z]{36}/.exec(created.text) ?? []
  expect((await api.get('/posts/9007199254740991', { token })).status).toBe(404)
  const list = await member.open(path)
  expect(list.text).toContain('Nightly &lt;build&gt;')
  expect(list.text).toContain(`gp_…${token.slice(-4)}`)
  expect(list.text).not.toContain(token)
  const [, revoke = ''] = /action="([^"]+\/revoke)"/.exec(list.text) ?? []
  const revoked = await member.send(revoke, {})
  expect([revoked.path, revoked.text]).toEqual([
    `${path}?done=tokenRevoked`,
    expect.stringContaining('You have no API tokens.'),
  ])
  expect((await api.get('/posts/1', { token })).json.code).toBe('auth.token_revoked')
  expect((await member.send(revoke, {})).path).toBe(`${path}?done=tokenRevoked`)
})

test('A refused form shows the errors and keeps its values, except the password', async () => {
  const member = await newMember(api)
  const none = await member.post(path, { ...form, scopes: '' })
  expect([none.status, none.text]).toEqual([422, expect.stringContaining('href="#scopes"')])
  const wrong = await member.post(path, { ...form, current_password: 'wrong horse battery' })
  expect([wrong.status, errorBeside(wrong, 'current_password')]).toEqual([
    403,
    expect.stringContaining('password'),
  ])
  expect(wrong.text).toMatch(/value="posts:read" checked/)
  expect(wrong.text).toMatch(/value="604800" selected/)
  expect(wrong.text).not.toContain('wrong horse')
})

test('The page asks for the password if the log-in is too old', async () => {
  const clocked = await openClockedApi({ FRESH_LOGIN: '60s' })
  const member = await newMember(clocked.api)
  clocked.wait(61)
  const asked = await member.post(path, form)
  expect(asked.status).toBe(403)
  expect(errorBeside(asked, 'current_password')).toContain('password')
  expect((await member.post(path, { ...form, current_password: password })).text).toContain('gp_')
  await clocked.close()
})

test('The form offers scopes for admins only to admins', async () => {
  const [member, admin] = [await newMember(api), await newAdminVisitor(api)]
  expect((await member.open(path)).text).not.toContain('audit:read')
  expect((await admin.open(path)).text).toContain('value="audit:read"')
})

test('The page needs a log-in, and refuses forms from other sites', async () => {
  const member = await newMember(api)
  const foreign = await member.post(path, form, { 'sec-fetch-site': 'cross-site' })
  expect(foreign.status).toBe(403)
  member.cookies.clear()
  expect((await member.open(path)).path).toContain('/app/log-in')
  expect((await member.post(path, form)).status).toBe(401)
})
