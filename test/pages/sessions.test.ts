import { afterAll, describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { openClockedApi } from '../support/clocked-api.ts'
import { openTestDatabase } from '../support/in-process.ts'
import { password } from '../support/people.ts'
import { hiddenIn, newMember, newVisitor } from '../support/visitor.ts'

const api = await openApi()
const database = await openTestDatabase()
const clocked = await openClockedApi({}, { database })
afterAll(async () => {
  await clocked.close()
  await database.close()
})

const anHour = 3600
const aMonth = 31 * 24 * anHour

describe('the session of a visitor', () => {
  test('A session is refreshed silently when its access token has expired', async () => {
    const member = await newMember(clocked.api)
    const before = member.cookies.get('gatepost_access')
    clocked.wait(anHour)
    const page = await member.open('/app/account')
    expect([page.path, page.text]).toEqual(['/app/account', expect.stringContaining(member.email)])
    expect(member.cookies.get('gatepost_access')).not.toBe(before)
  })

  test('A session continues if two tabs refresh it at once', async () => {
    const member = await newMember(clocked.api)
    clocked.wait(anHour)
    const pages = await Promise.all(
      ['/app/account', '/app/mine', '/app/write'].map((path) => member.open(path)),
    )
    expect(pages.map(({ path }) => path)).toEqual(['/app/account', '/app/mine', '/app/write'])
    expect((await member.open('/app/account')).path).toBe('/app/account')
  })

  test('An expired session shows a message, loses its cookies, and returns to the page after the log-in', async () => {
    const member = await newMember(clocked.api)
    clocked.wait(aMonth)
    const page = await member.open('/app/mine?status=draft')
    expect(page.text).toContain('your session has expired')
    expect(member.cookies.size).toBe(0)
    const form = { username: member.username, password, next: hiddenIn(page, 'next') }
    expect((await member.send('/app/log-in', form)).path).toBe('/app/mine?status=draft')
  })

  test('An expired session shows a message once on public pages too', async () => {
    const member = await newMember(clocked.api)
    clocked.wait(aMonth)
    expect((await member.open('/app')).text).toContain('your session has expired')
    expect((await member.open('/app')).text).not.toContain('your session has expired')
  })

  test('A session that expires while the user writes loses no text', async () => {
    const member = await newMember(clocked.api)
    clocked.wait(aMonth)
    const page = await member.post('/app/write', {
      title: 'Kept "title"',
      body: 'Kept\nbody',
      do: 'published',
    })
    expect([page.status, page.text]).toEqual([401, expect.stringContaining('What you wrote is kept')])
    const form = {
      username: member.username,
      password,
      next: hiddenIn(page, 'next'),
      kept: hiddenIn(page, 'kept'),
    }
    const resume = await member.send('/app/log-in', form)
    expect(resume.text).toContain('<pre class="kept" tabindex="0">Kept\nbody</pre>')
    const values = {
      title: hiddenIn(resume, 'title'),
      body: hiddenIn(resume, 'body'),
      do: hiddenIn(resume, 'do'),
    }
    expect((await member.send('/app/write', values)).text).toContain('Kept &quot;title&quot;')
  })

  test.each([
    ['garbage', { gatepost_access: 'garbage', gatepost_refresh: 'garbage' }],
    ['an access cookie alone', { gatepost_access: 'a.b.c' }],
    ['a refresh cookie alone', { gatepost_refresh: 'garbage' }],
  ])('A session that is %s is removed, and the page shows a message', async (_what, cookies) => {
    const visitor = newVisitor(api)
    for (const [name, value] of Object.entries(cookies)) visitor.cookies.set(name, value)
    expect((await visitor.open('/app')).text).toContain('could not be read and was cleared')
    expect(visitor.cookies.size).toBe(0)
  })

  test('A session that was ended from another device is over at its next click', async () => {
    const member = await newMember(api)
    const other = newVisitor(api, {
      'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Safari/604.1',
    })
    await other.send('/app/log-in', { username: member.username, password })
    const list = await member.open('/app/account/sessions')
    expect(list.text).toMatch(/Safari · iPhone/)
    const [, end = ''] = /action="([^"]+\/end)"/.exec(list.text) ?? []
    expect((await member.send(end, {})).text).toContain('Ended.')
    expect((await other.open('/app/mine')).text).toContain('Your session was ended')
    expect((await member.open('/app/mine')).path).toBe('/app/mine')
  })

  test('A session has cookies that scripts cannot read, and over https other hosts cannot set', async () => {
    const secure = await openClockedApi({ PUBLIC_URL: 'https://gatepost.example' }, { database })
    try {
      const form = { username: secure.api.admin.username, password: secure.api.admin.password }
      const response = await newVisitor(secure.api).post('/app/log-in', form)
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-gatepost_access=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
        expect.stringMatching(
          /^__Host-gatepost_refresh=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ])
    } finally {
      await secure.close()
    }
  })
})

describe('the way back after a log-in', () => {
  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/app/../..//evil.example\\',
    '/app\\@evil.example',
    '/application',
    'javascript:alert(1)',
    '/app\r\nLocation: https://evil.example',
    '/docs',
    '',
  ])('The log-in never leads to %j', async (next) => {
    const member = await newMember(api)
    const response = await member.post('/app/log-in', { username: member.username, password, next })
    const to = response.headers.get('location') ?? ''
    expect(new URL(to, 'http://localhost').origin).toBe('http://localhost')
    expect(to).toMatch(/^\/app($|\/\.\.)/)
    expect(to).not.toContain('evil.example\\')
  })

  test('The log-in ignores the form in a link', async () => {
    const { text } = await newVisitor(api).open(
      `/app/log-in?next=/app/account/delete&kept=${encodeURIComponent('[["body","evil"]]')}`,
    )
    expect(text).not.toContain('name="kept"')
  })
})

test('A personal page is not cached', async () => {
  const member = await newMember(api)
  expect((await member.open('/app')).headers.get('cache-control')).toBe('no-store')
  const { headers } = await newVisitor(api).open('/app')
  expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-cache', 'Accept-Language, Cookie'])
})

test('Without a database the page shows a message, with the time to try again', async () => {
  let isAway = false
  const connect = () => {
    if (isAway) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
    return database.connect('write')
  }
  const quiet = { debug() {}, info() {}, warn() {}, error() {} }
  const away = await openClockedApi({}, { database, connect, log: quiet })
  const member = await newMember(away.api)
  isAway = true
  const page = await member.open('/app/mine')
  expect([page.status, page.headers.get('retry-after')]).toEqual([503, '1'])
  isAway = false
  expect((await member.open('/app/mine')).status).toBe(200)
  await away.close()
})
