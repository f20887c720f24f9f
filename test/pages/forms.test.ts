import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { password } from '../support/people.ts'
import { errorBeside, hiddenIn, newMember, newVisitor, writePost } from '../support/visitor.ts'

const api = await openApi()

describe('registration', () => {
  test.each([
    [{ username: 'a b' }, 'username', 'Must consist of letters, marks and digits'],
    [{ email: 'nobody' }, 'email', 'Must be an e-mail address.'],
    [{ password: 'short' }, 'password', 'Must have at least 8 characters.'],
    [{ password: 'password1' }, 'password', 'attackers try first'],
    [{ username: api.admin.username }, 'username', 'Another account has this username'],
    [{ email: api.admin.email }, 'email', 'Another account has this e-mail address.'],
  ])(
    'A registration with %j shows an error beside %s and keeps the other values',
    async (wrong, field, message) => {
      const name = `r-${crypto.randomUUID().slice(0, 8)}`
      const form = { username: name, email: `${name}@example.com`, password, ...wrong } as Record<
        string,
        string
      >
      const page = await newVisitor(api).post('/app/register', form)
      expect([409, 422]).toContain(page.status)
      expect(errorBeside(page, field)).toContain(message)
      expect(page.text).toContain(
        `aria-describedby="${field === 'email' ? '' : `${field}-hint `}${field}-fault"`,
      )
      expect(page.text).toContain(`href="#${field}"`)
      expect(page.text).toContain(`value="${form.email}"`)
      expect(page.text).not.toContain(password)
    },
  )
})

test('A log-in with a wrong password shows an error and keeps the name', async () => {
  const page = await newVisitor(api).post('/app/log-in', { username: 'nobody-here', password: 'wrong' })
  expect([page.status, page.text]).toEqual([401, expect.stringContaining('Wrong username or password')])
  expect(page.text).toContain('value="nobody-here"')
  expect(page.headers.getSetCookie()).toEqual([])
})

describe('new posts', () => {
  test('A post without a title shows an error beside it and keeps the text', async () => {
    const page = await (await newMember(api)).post('/app/write', {
      title: ' ',
      body: '\nKept\n',
      do: 'draft',
    })
    expect([page.status, errorBeside(page, 'title')]).toEqual([422, 'Must not be blank.'])
    expect(page.text).toContain('>\n\nKept\n</textarea>')
  })

  test('A post with eleven tags shows an error beside them', async () => {
    const tags = 'abcdefghijk'.split('').join(',')
    const page = await (await newMember(api)).post('/app/write', { title: 'T', body: 'B', tags, do: 'draft' })
    expect(errorBeside(page, 'tags')).toBeTruthy()
  })

  test('The same form sent twice creates one post', async () => {
    const member = await newMember(api)
    const form = {
      title: 'Once',
      body: 'B',
      do: 'published',
      key: hiddenIn(await member.open('/app/write'), 'key'),
    }
    const [first, second] = [await member.send('/app/write', form), await member.send('/app/write', form)]
    expect(second.path).toBe(first.path)
    const other = await member.post('/app/write', { ...form, title: 'Another' })
    expect([other.status, hiddenIn(other, 'key') === form.key]).toEqual([422, false])
  })
})

describe('changes of a post', () => {
  test('A post that another user has changed shows both versions and keeps the visitor’s text', async () => {
    const member = await newMember(api)
    const path = await writePost(member, { title: 'First', body: 'one two three' })
    const etag = hiddenIn(await member.open(`${path}/edit`), 'etag')
    await member.send(`${path}/edit`, { etag, title: 'First', body: 'one zwei three', do: 'published' })
    const mine = { etag, title: 'Mine', body: 'one two drei', tags: 'kept', do: 'published' }
    const page = await member.post(`${path}/edit`, mine)
    expect([page.status, page.text]).toEqual([412, expect.stringContaining('Somebody else has changed')])
    expect(page.text).toMatch(/<ins>.*zwei.*<\/ins>/s)
    expect(page.text).toMatch(/value="Mine"[\s\S]*one two drei<\/textarea>[\s\S]*value="kept"/)
    const saved = await member.send(`${path}/edit`, { ...mine, etag: hiddenIn(page, 'etag') })
    expect(saved.text).toContain('one two drei')
  })

  test('A revision can be restored', async () => {
    const member = await newMember(api)
    const path = await writePost(member, { body: 'The first text.' })
    const etag = hiddenIn(await member.open(`${path}/edit`), 'etag')
    await member.send(`${path}/edit`, { etag, title: 'T', body: 'The second text.', do: 'published' })
    expect((await member.open(`${path}/revisions`)).text).toContain('Version 1')
    const version = await member.open(`${path}/revisions/1`)
    const form = { etag: hiddenIn(version, 'etag') }
    expect((await member.send(`${path}/revisions/1/restore`, form)).text).toContain('The first text.')
    expect((await member.send(`${path}/revisions/1/restore`, form)).text).toContain('changed meanwhile')
  })
})

test('A deletion asks for confirmation', async () => {
  const member = await newMember(api)
  const path = await writePost(member, { title: 'To go' })
  const page = await member.open(`${path}/delete`)
  expect(page.text).toContain('Delete this post?')
  await member.send(`${path}/delete`, { etag: hiddenIn(page, 'etag') })
  expect((await member.open(path)).status).toBe(404)
})

test('Comments can be written, changed and deleted; a blank one is refused in its own form', async () => {
  const member = await newMember(api)
  const path = await writePost(member, {})
  const blank = await member.post(`${path}/comments`, { body: ' ' })
  expect([blank.status, errorBeside(blank, 'body')]).toEqual([422, 'Must not be blank.'])
  const page = await member.send(`${path}/comments`, { body: 'first words' })
  const [, id] = /id="comment-(\d+)"/.exec(page.text) ?? []
  const refused = await member.post(`${path}/comments/${id}`, { body: ' ' })
  expect(errorBeside(refused, `c${id}-body`)).toBe('Must not be blank.')
  expect((await member.send(`${path}/comments/${id}`, { body: 'second words' })).text).toContain(
    'second words',
  )
  expect((await member.send(`${path}/comments/${id}/delete`, {})).text).not.toContain('second words')
})

describe('the account', () => {
  test('The account can be renamed; a new e-mail address needs the password if the log-in is not recent', async () => {
    const member = await newMember(api)
    const taken = await member.post('/app/account/profile', {
      username: api.admin.username,
      email: member.email,
    })
    expect([taken.status, errorBeside(taken, 'profile-username')]).toEqual([
      409,
      expect.stringContaining('username'),
    ])
    const wrong = { username: member.username, email: `x${member.email}`, current_password: 'wrong' }
    expect(
      errorBeside(await member.post('/app/account/profile', wrong), 'profile-current_password'),
    ).toContain('password')
    const right = { username: `${member.username}-2`, email: `x${member.email}`, current_password: password }
    expect((await member.send('/app/account/profile', right)).text).toContain(`value="x${member.email}"`)
  })

  test('A new password ends the other sessions', async () => {
    const member = await newMember(api)
    const other = newVisitor(api)
    await other.send('/app/log-in', { username: member.username, password })
    const wrong = { current_password: 'wrong', new_password: 'another horse battery' }
    expect(
      errorBeside(await member.post('/app/account/password', wrong), 'password-current_password'),
    ).toBeTruthy()
    const weak = { current_password: password, new_password: 'short' }
    expect(
      errorBeside(await member.post('/app/account/password', weak), 'password-new_password'),
    ).toBeTruthy()
    const right = { ...wrong, current_password: password }
    expect((await member.send('/app/account/password', right)).text).toContain('Your password was changed')
    expect((await other.open('/app/account')).text).toContain('Your session was ended')
  })

  test('The account can be deleted with its password, and the cookies are removed', async () => {
    const member = await newMember(api)
    const refused = await member.post('/app/account/delete', { password: 'wrong' })
    expect([refused.status, errorBeside(refused, 'delete-password')]).toEqual([403, expect.any(String)])
    expect((await member.send('/app/account/delete', { password })).text).toContain('Your account is gone')
    expect(member.cookies.size).toBe(0)
  })
})
