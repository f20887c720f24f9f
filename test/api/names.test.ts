import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, password } from '../support/people.ts'

const api = await openApi()

/** Letters of the script that begins at a code point, in a combination that no other name has. */
function unique(first: number, count: number, length = 8): string {
  return String.fromCodePoint(...[...randomBytes(length)].map((byte) => first + (byte % count)))
}
const korean = () => unique(0xac00, 256, 6)
const address = () => `u-${randomBytes(6).toString('hex')}@example.com`
const register = (username: string, email = address()) =>
  api.post('/users', { json: { username, email, password } })
const basic = (username: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
})
const firstErrorOf = ({ json }: any) => [json.errors?.[0]?.pointer, json.errors?.[0]?.code]

describe('usernames of any script', () => {
  test('A username is one account in every way of typing it', async () => {
    const name = korean()
    const registered = await register(name.normalize('NFD'))
    expect([registered.status, registered.json.user?.username]).toEqual([201, name])
    for (const typed of [name, name.normalize('NFD'), ` ${name}\n`, `\u3000${name} `]) {
      const logIn = await api.post('/auth/token', { json: { username: typed, password } })
      expect([logIn.status, logIn.json.user?.username]).toEqual([200, name])
    }
    expect((await api.post('/auth/token', { headers: basic(` ${name.normalize('NFD')}`) })).status).toBe(200)
    expect((await register(name.normalize('NFD'))).json.code).toBe('users.username_taken')
  })

  test('A username filters posts, and appears in authors, whoami, lists and links', async () => {
    const { token, username, id } = await newUser(api, { username: `${korean()}_${korean()}` })
    for (const title of ['한', '두']) await api.post('/posts', { token, json: { title, body: '글' } })
    const author = encodeURIComponent(username.normalize('NFD'))
    const page = await api.get(`/posts?author=${author}&limit=1&fields=author{username}`)
    expect(page.json.items).toEqual([{ author: { username } }])
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? ''
    const { pathname, search } = new URL(next, 'http://localhost')
    expect((await api.get(pathname + search)).json.items).toEqual([{ author: { username } }])
    expect((await api.get('/auth/whoami', { token })).json.logged_in_as).toBe(username)
    const found = await api.get(`/users?q=${encodeURIComponent(username.slice(1, -1))}`, { token })
    expect(found.json.items.map((user: any) => user.id)).toEqual([id])
  })

  test.each([
    ['mixed scripts', 'p\u0430ypal-x', 'mixed_scripts'],
    ['an invisible character', 'ada\u200bx', 'invalid_format'],
    ['an override', '\u202eadax', 'invalid_format'],
    ['a name of staff', 'support', 'reserved_name'],
    ['what looks like one', 'supp0rt_', 'reserved_name'],
  ])('A username with %s is refused', async (_what, username, code) => {
    const response = await register(username)
    expect([response.status, ...firstErrorOf(response)]).toEqual([422, '/username', code])
  })

  test('A username is taken by a look-alike, also if both register at the same moment', async () => {
    const base = `x${randomBytes(5).toString('hex').replaceAll(/[01]/g, 'x')}`
    const [one, other] = [`${base}l1`, `${base}1l`]
    const responses = await Promise.all([register(one), register(other), register(one), register(other)])
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    const { token } = await newUser(api)
    const renamed = await api.patch('/users/me', { token, json: { username: other } })
    expect([renamed.status, renamed.json.code]).toEqual([409, 'users.username_taken'])
  })

  test('A user may change to a look-alike of their own name', async () => {
    const base = `y${randomBytes(5).toString('hex').replaceAll(/[01]/g, 'x')}`
    const { token } = await newUser(api, { username: `${base}0` })
    const renamed = await api.patch('/users/me', { token, json: { username: `${base}O` } })
    expect([renamed.status, renamed.json.username]).toEqual([200, `${base}o`])
    expect((await register(`${base}0`)).json.code).toBe('users.username_taken')
  })

  test('Only admins may have a reserved username', async () => {
    const { token } = await newUser(api)
    const refused = await api.patch('/users/me', { token, json: { username: 'root' } })
    expect([refused.status, ...firstErrorOf(refused)]).toEqual([422, '/username', 'reserved_name'])
    const admin = await newAdmin(api)
    // The reserved name of the account itself may be sent again.
    const same = await api.patch('/users/me', { token: admin.token, json: { username: admin.username } })
    expect(same.status).toBe(200)
  })
})

describe('display names', () => {
  test('A display name appears in account, profile, posts and comments, and can be removed', async () => {
    const { token, id, username } = await newUser(api)
    const name = '홍 길동 👨‍👩‍👧 שלום'
    const changed = await api.patch('/users/me', { token, json: { name: ` ${name.normalize('NFD')} ` } })
    expect([changed.status, changed.json.name]).toEqual([200, name])
    expect((await api.get(`/users/${id}`, { token })).json).toMatchObject({ username, name })
    const post = await api.post('/posts', {
      token,
      json: { title: 'T', body: 'B' },
      headers: { 'idempotency-key': username },
    })
    const author = { id, username, name }
    expect(post.json.author).toEqual(author)
    const path = `/posts/${post.json.id}`
    const again = await api.post('/posts', {
      token,
      json: { title: 'T', body: 'B' },
      headers: { 'idempotency-key': username },
    })
    expect(again.json).toEqual(post.json)
    expect((await api.get(path, { token })).json.author).toEqual(author)
    expect((await api.patch(path, { token, json: { title: 'U' } })).json.author).toEqual(author)
    expect((await api.get(`/posts?author=${id}`)).json.items[0].author).toEqual(author)
    expect((await api.get('/users/me/posts', { token })).json.items[0].author).toEqual(author)
    const comment = await api.post(`${path}/comments`, { token, json: { body: 'C' } })
    expect(comment.json.author).toEqual(author)
    expect((await api.get(`${path}/comments`, { token })).json.items[0].author).toEqual(author)
    const gone = await api.patch('/users/me', { token, json: { name: null } })
    expect([gone.status, gone.json.name]).toEqual([200, null])
  })

  test.each([
    ['nothing to see', '\u200b\u2800', 'too_short'],
    ['81 characters', 'x'.repeat(81), 'too_long'],
    ['a control character', 'a\u0007', 'control_character'],
    ['an override', 'a\u202eb', 'bidi_control'],
  ])('A display name with %s is refused', async (_what, name, code) => {
    const { token } = await newUser(api)
    const response = await api.patch('/users/me', { token, json: { name } })
    expect([response.status, ...firstErrorOf(response)]).toEqual([422, '/name', code])
  })
})

describe('e-mail addresses of any script', () => {
  test('An address is shown in its own script, and logs in in every way of typing it', async () => {
    const local = korean()
    const registered = await register(`m-${randomBytes(5).toString('hex')}`, `${local}@예시.한국`)
    expect([registered.status, registered.json.user?.email]).toEqual([201, `${local}@예시.한국`])
    for (const typed of [`${local}@예시.한국`.normalize('NFD'), `${local}@XN--VV4B11D.xn--3e0b707e `]) {
      expect((await api.post('/auth/token', { json: { username: typed, password } })).status).toBe(200)
    }
    const twice = await register(`m-${randomBytes(5).toString('hex')}`, `${local.normalize('NFD')}@예시.한국`)
    expect(twice.json.code).toBe('users.email_taken')
  })

  test.each([
    '.a@example.com',
    'a..b@example.com',
    'a.@example.com',
    'a@example.com,b@example.com',
    'a@example.com\r\nBcc: b',
  ])('The address %j is refused', async (email) => {
    const response = await register(`m-${randomBytes(5).toString('hex')}`, email)
    expect([response.status, ...firstErrorOf(response)]).toEqual([422, '/email', 'invalid_format'])
  })
})

describe('texts', () => {
  test.each(['\u200b', '\u2060', '\u00ad', '\u3164', '\u115f', '\u2800', '\u034f', '\ufe0f', '\u{e0020}'])(
    'Text that is invisible is refused: %j',
    async (text) => {
      const { token } = await newUser(api)
      const title = await api.post('/posts', { token, json: { title: text, body: 'B' } })
      expect([title.status, ...firstErrorOf(title)]).toEqual([422, '/title', 'too_short'])
      const tag = await api.post('/posts', { token, json: { title: 'T', body: 'B', tags: ['a', text] } })
      expect([tag.status, ...firstErrorOf(tag)]).toEqual([422, '/tags/1', 'too_short'])
    },
  )

  test('Text with a control character or an override is refused, and the message names the code point', async () => {
    const { token } = await newUser(api)
    for (const [json, pointer, codePoint] of [
      [{ title: 'a\u202eb', body: 'B' }, '/title', 'U+202E'],
      [{ title: 'a\u2068b', body: 'B' }, '/title', 'U+2068'],
      [{ title: 'T', body: 'a\u0000b' }, '/body', 'NUL'],
      [{ title: 'T', body: 'a\u001bb' }, '/body', 'U+001B'],
    ] as const) {
      const response = await api.post('/posts', { token, json })
      expect([response.status, response.json.errors[0].pointer]).toEqual([422, pointer])
      expect(response.json.errors[0].message).toContain(codePoint)
    }
  })

  test('Joined emoji, right-to-left letters, marks, tabs and line breaks stay unchanged', async () => {
    const { token } = await newUser(api)
    const json = { title: '👩🏽‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ שָׁלוֹם', body: '\tمی‌خواهم\r\n한글', tags: ['❤️', 'नमस्ते'] }
    const { json: post } = await api.post('/posts', { token, json })
    expect(post).toMatchObject({ title: json.title.normalize('NFC'), body: json.body, tags: json.tags })
  })

  test('Tags are found in any case and width, and shown as they were written first', async () => {
    const { token } = await newUser(api)
    const word = `Tag ${randomBytes(4).toString('hex')}É`
    const tags = [`  ${word.replace(' ', ' \u3000 ')} `, word.toUpperCase(), 'other']
    const { json: post } = await api.post('/posts', { token, json: { title: 'T', body: 'B', tags } })
    expect(post.tags).toEqual([word, 'other'])
    const wide = word.toUpperCase().replaceAll(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
    for (const tag of [word, word.toLowerCase(), wide, ` ${wide} `]) {
      const { json } = await api.get(`/posts?tag=${encodeURIComponent(tag)}&tag=OTHER`)
      expect(json.items.map((item: any) => item.id)).toEqual([post.id])
    }
  })

  test('A repeated key in a body is refused, and the problem points at it', async () => {
    const { token } = await newUser(api)
    const body = '{"title":"T","body":"B","t\\u0069tle":"U"}'
    const headers = { 'content-type': 'application/json' }
    const response = await api.post('/posts', { token, rawBody: body, headers })
    expect([response.status, ...firstErrorOf(response)]).toEqual([422, '/title', 'duplicate_key'])
  })
})
