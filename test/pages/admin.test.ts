import { describe, expect, test } from 'vitest'
import { deviceName } from '../../src/pages/parts/device-name.ts'
import { openApi } from '../support/api.ts'
import { newAdminVisitor, newMember, newVisitor } from '../support/visitor.ts'

const api = await openApi()
const admin = await newAdminVisitor(api)

/** The address of the form for this user. */
async function formOf(username: string): Promise<string> {
  const { text } = await admin.open(`/app/admin/users?q=${username}`)
  return /action="(\/app\/admin\/users\/[^"]+)"/.exec(text)?.[1] ?? ''
}

describe('pages for admins', () => {
  test.each(['/app/admin/users', '/app/admin/events'])('%s is for admins only', async (path) => {
    const member = await newMember(api)
    const refused = await member.open(path)
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('Not allowed')])
    expect((await newVisitor(api).open(path)).path).toContain('/app/log-in')
    expect((await member.open('/app')).text).not.toContain('/app/admin')
  })

  test('An admin can make a user an admin and back', async () => {
    const member = await newMember(api)
    const path = await formOf(member.username)
    const back = `/app/admin/users?q=${member.username}`
    const page = await admin.send(path, { role: 'admin', back })
    expect([page.path, page.text]).toEqual([`${back}&done=saved`, expect.stringContaining('value="user"')])
    expect((await admin.send(path, { role: 'user', back: 'https://evil.example' })).path).toBe(
      '/app/admin/users?done=saved',
    )
  })

  test('An admin can disable an account: its session ends at its next click, and it cannot log in again', async () => {
    const member = await newMember(api)
    const path = await formOf(member.username)
    await admin.send(path, { disabled: 'true' })
    expect((await member.open('/app/mine')).text).toContain('Your session was ended')
    const form = { username: member.username, password: 'correct horse battery' }
    expect((await member.post('/app/log-in', form)).status).toBe(401)
    await admin.send(path, { disabled: 'false' })
    expect((await member.post('/app/log-in', form)).status).toBe(303)
  })

  test('An admin can log a user out everywhere, and sees the events', async () => {
    const member = await newMember(api)
    const path = await formOf(member.username)
    await admin.send(path, { end: 'sessions' })
    expect((await member.open('/app/mine')).text).toContain('Your session was ended')
    const id = path.split('/').at(-1)
    const { text } = await admin.open(`/app/admin/events?user=${id}`)
    expect(text).toMatch(/Session ended[\s\S]*Registered/)
    expect(text).toContain(`>${member.username}<`)
    const some = await admin.open(`/app/admin/events?user=${id}&action=user.registered`)
    expect(some.text.match(/<ol class="rows">[\s\S]*<\/ol>/)?.[0]).not.toContain('Session ended')
  })

  test('The pages show the API’s refusals', async () => {
    const member = await newMember(api)
    expect((await admin.post(await formOf(member.username), { role: 'king' })).status).toBe(422)
    expect((await admin.open('/app/admin/events?action=nothing')).status).toBe(422)
  })
})

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36',
    'Chrome · Linux',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/144.0.0.0 Safari/537.36 Edg/144.0',
    'Edge · Windows',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15.0; rv:146.0) Gecko/20100101 Firefox/146.0', 'Firefox · macOS'],
  ['Mozilla/5.0 (Linux; Android 16; SM-S938N) Chrome/144.0 Mobile Safari/537.36', 'Chrome · Android'],
  ['curl/8.14.1', 'curl/8.14.1'],
])('The device of %j is called %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name)
})
