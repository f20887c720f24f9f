import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { password } from '../support/people.ts'
import { newMember, writePost } from '../support/visitor.ts'

const api = await openApi()
const member = await newMember(api)
const post = await writePost(member, { title: 'Still here' })
const id = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70'

const forms: [path: string, form: Record<string, string>][] = [
  ['/app/log-in', { username: member.username, password }],
  ['/app/register', { username: 'evil', email: 'evil@example.com', password }],
  ['/app/log-out', {}],
  ['/app/language', { language: 'ko' }],
  ['/app/write', { title: 'Evil', body: 'B', do: 'published' }],
  [`${post}/edit`, { title: 'Evil', body: 'B', do: 'published' }],
  [`${post}/delete`, {}],
  [`${post}/comments`, { body: 'Evil' }],
  [`${post}/comments/1`, { body: 'Evil' }],
  [`${post}/comments/1/delete`, {}],
  [`${post}/revisions/1/restore`, {}],
  ['/app/account/profile', { username: 'evil' }],
  ['/app/account/password', { current_password: password, new_password: 'evil horse battery' }],
  ['/app/account/delete', { password }],
  [`/app/account/sessions/${id}/end`, {}],
  ['/app/account/sessions/end-others', {}],
  [`/app/admin/users/${id}`, { role: 'admin' }],
]

const origins: [what: string, headers: Record<string, string>][] = [
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['a neighbouring host', { 'sec-fetch-site': 'same-site' }],
  ['another origin, by an old browser', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
  ['a page without an origin', { 'sec-fetch-site': '', origin: 'null' }],
  ['nobody knows where', { 'sec-fetch-site': '' }],
]

describe('forms from other sites', () => {
  test.each(forms)('A form from another site is refused at %s', async (path, form) => {
    for (const [, headers] of origins) {
      const before = [...member.cookies]
      const { status, text, headers: answered } = await member.post(path, form, headers)
      expect([status, text]).toEqual([403, expect.stringContaining('Cross-site request')])
      expect(answered.getSetCookie()).toEqual([])
      expect([...member.cookies]).toEqual(before)
    }
  })

  test('The refused forms have changed nothing', async () => {
    expect((await member.open(post)).text).toMatch(/Still here[\s\S]*No comments/)
  })
})

test('An old browser that sends the right Origin is accepted', async () => {
  const headers = { 'sec-fetch-site': '', origin: 'http://localhost' }
  expect((await member.post('/app/write', { title: 'T', body: 'B', do: 'draft' }, headers)).status).toBe(303)
})

test('Pages cannot be framed, and forms cannot be sent elsewhere', async () => {
  const { headers } = await member.open('/app/account')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  )
  expect(headers.get('cache-control')).toBe('no-store')
})
