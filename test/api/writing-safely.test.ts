import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'

const api = await openApi()
const key = () => crypto.randomUUID()

async function write(user: Person, post: object = {}) {
  const response = await api.post('/posts', {
    token: user.token,
    json: { title: 'Title', body: 'Body', ...post },
  })
  return { ...response.json, tag: response.headers.get('etag') ?? '' }
}

describe('Idempotency-Key', () => {
  const kinds = [
    ['posts', async (_user: Person) => '/posts', { title: 'T', body: 'B', tags: ['x'] }],
    ['comments', async (user: Person) => `/posts/${(await write(user)).id}/comments`, { body: 'C' }],
  ] as const

  describe.each(kinds)('on %s', (_kind, pathFor, json) => {
    test('A repeated request gets the first response again, also after a change', async () => {
      const user = await newUser(api)
      const path = await pathFor(user)
      const send = (headers: Record<string, string>) => api.post(path, { token: user.token, json, headers })
      const headers = { 'idempotency-key': key() }
      const first = await send(headers)
      expect([first.status, first.headers.get('idempotency-replayed')]).toEqual([201, null])
      await api.patch(first.headers.get('location') ?? '', { token: user.token, json: { body: 'Changed' } })
      const second = await send(headers)
      expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
      expect(second.text).toBe(first.text)
      for (const name of ['location', 'etag']) expect(second.headers.get(name)).toBe(first.headers.get(name))
      expect((await send({ 'idempotency-key': key() })).json.id).not.toBe(first.json.id)
    })

    test('Fifty concurrent requests with one key create one row and get fifty equal responses', async () => {
      const user = await newUser(api)
      const path = await pathFor(user)
      const headers = { 'idempotency-key': key() }
      const responses = await Promise.all(
        Array.from({ length: 50 }, () => api.post(path, { token: user.token, json, headers })),
      )
      expect(responses.map((response) => response.status)).toEqual(Array(50).fill(201))
      expect(new Set(responses.map((response) => response.text)).size).toBe(1)
      expect(responses.filter((response) => !response.headers.has('idempotency-replayed'))).toHaveLength(1)
    })

    test('A key with another body is refused', async () => {
      const user = await newUser(api)
      const path = await pathFor(user)
      const headers = { 'idempotency-key': key() }
      await api.post(path, { token: user.token, json, headers })
      const other = await api.post(path, { token: user.token, json: { ...json, body: 'Other' }, headers })
      expect([other.status, other.json.code]).toEqual([422, 'idempotency.key_reused'])
    })
  })

  test('A key belongs to one user', async () => {
    const [one, two] = [await newUser(api), await newUser(api)]
    const headers = { 'idempotency-key': key() }
    const json = { title: 'T', body: 'B' }
    const first = await api.post('/posts', { token: one.token, json, headers })
    const second = await api.post('/posts', { token: two.token, json, headers })
    expect(second.json.author.id).toBe(two.id)
    expect(second.json.id).not.toBe(first.json.id)
  })

  test('A key of a failed request may be used again', async () => {
    const user = await newUser(api)
    const headers = { 'idempotency-key': key() }
    expect((await api.post('/posts', { token: user.token, json: { title: '' }, headers })).status).toBe(422)
    expect(
      (await api.post('/posts', { token: user.token, json: { title: 'T', body: 'B' }, headers })).status,
    ).toBe(201)
  })

  test.each(['', 'a b', 'ä', 'x'.repeat(256)])('The malformed key %j is 422', async (value) => {
    const { token } = await newUser(api)
    const response = await api.post('/posts', {
      token,
      json: { title: 'T', body: 'B' },
      headers: { 'idempotency-key': value },
    })
    expect([response.status, response.json.errors?.[0].name]).toEqual([422, 'Idempotency-Key'])
  })
})

describe('revisions', () => {
  test('The revisions of a post contain every former version, newest first', async () => {
    const user = await newUser(api)
    const { id } = await write(user, { title: 'One', body: 'First', tags: ['a'] })
    for (const json of [{ title: 'Two' }, { body: 'Second', tags: [] }, {}]) {
      await api.patch(`/posts/${id}`, { token: user.token, json })
    }
    const list = await api.get(`/posts/${id}/revisions`, { token: user.token })
    expect(list.json.items.map((revision: any) => [revision.number, revision.title, revision.tags])).toEqual([
      [2, 'Two', ['a']],
      [1, 'One', ['a']],
    ])
    expect(list.json.items[0].replaced_by).toBe(user.id)
    const page = await api.get(`/posts/${id}/revisions?limit=1`, { token: user.token })
    const rest = await api.get(`/posts/${id}/revisions?cursor=${page.json.next_cursor}`, {
      token: user.token,
    })
    expect(rest.json.items).toEqual([list.json.items[1]])
    const first = await api.get(`/posts/${id}/revisions/1`, { token: user.token })
    expect(first.json).toMatchObject({ number: 1, title: 'One', body: 'First' })
    expect((await api.get(`/posts/${id}/revisions/3`, { token: user.token })).json.code).toBe(
      'revisions.not_found',
    )
  })

  test('A revision can be restored, and the replaced version is kept', async () => {
    const user = await newUser(api)
    const { id, tag } = await write(user, { title: 'One', body: 'First', tags: ['a'] })
    await api.patch(`/posts/${id}`, {
      token: user.token,
      json: { title: 'Two', body: 'Second', tags: ['b'] },
    })
    const restore = (headers: Record<string, string> = {}) =>
      api.post(`/posts/${id}/revisions/1/restore`, { token: user.token, headers })
    expect((await restore({ 'if-match': tag })).status).toBe(412)
    const restored = await restore()
    expect(restored.json).toMatchObject({ title: 'One', body: 'First', tags: ['a'] })
    const second = await api.get(`/posts/${id}/revisions/2`, { token: user.token })
    expect(second.json).toMatchObject({ title: 'Two', body: 'Second' })
  })

  test('Only the author and admins can read revisions', async () => {
    const [user, other, admin] = [await newUser(api), await newUser(api), await newAdmin(api)]
    const { id } = await write(user)
    await api.patch(`/posts/${id}`, { token: user.token, json: { title: 'Two' } })
    for (const path of [`/posts/${id}/revisions`, `/posts/${id}/revisions/1`]) {
      expect((await api.get(path, { token: other.token })).json.code).toBe('auth.forbidden')
      expect((await api.get(path, { token: admin.token })).status).toBe(200)
    }
    const restore = `/posts/${id}/revisions/1/restore`
    expect((await api.post(restore, { token: other.token })).json.code).toBe('auth.forbidden')
    expect((await api.post(restore, { token: admin.token })).status).toBe(200)
  })

  test('Each of many concurrent changes stores a revision', async () => {
    const user = await newUser(api)
    const { id } = await write(user)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        api.patch(`/posts/${id}`, { token: user.token, json: { title: `${n}` } }),
      ),
    )
    const list = await api.get(`/posts/${id}/revisions`, { token: user.token })
    expect(list.json.items.map((revision: any) => revision.number)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })
})

describe('comments', () => {
  test('Comments are listed oldest first, page by page, and counted on the post', async () => {
    const [user, reader] = [await newUser(api), await newUser(api)]
    const { id } = await write(user)
    for (const body of ['one', 'two', 'three']) {
      await api.post(`/posts/${id}/comments`, { token: reader.token, json: { body } })
    }
    const page = await api.get(`/posts/${id}/comments?limit=2`, { token: user.token })
    const rest = await api.get(`/posts/${id}/comments?cursor=${page.json.next_cursor}`, { token: user.token })
    expect([...page.json.items, ...rest.json.items].map((comment) => comment.body)).toEqual([
      'one',
      'two',
      'three',
    ])
    expect(page.json.items[0]).toMatchObject({ post_id: id, author: { id: reader.id } })
    expect((await api.get(`/posts/${id}`, { token: user.token })).json.comment_count).toBe(3)
    expect((await api.get(`/posts?author=${user.id}`)).json.items[0].comment_count).toBe(3)
  })

  test('Comments can be changed by their author and admins, and deleted by the post’s author too', async () => {
    const [author, writer, other, admin] = [
      await newUser(api),
      await newUser(api),
      await newUser(api),
      await newAdmin(api),
    ]
    const { id } = await write(author)
    const comment = async () => {
      const response = await api.post(`/posts/${id}/comments`, { token: writer.token, json: { body: 'C' } })
      return response.headers.get('location') ?? ''
    }
    const path = await comment()
    const change = (person: Person) => api.patch(path, { token: person.token, json: { body: 'Changed' } })
    expect((await change(other)).json.code).toBe('auth.forbidden')
    expect((await change(author)).json.code).toBe('auth.forbidden')
    expect((await change(writer)).json.body).toBe('Changed')
    expect((await change(admin)).status).toBe(200)
    expect((await api.delete(path, { token: other.token })).json.code).toBe('auth.forbidden')
    for (const person of [author, writer, admin]) {
      expect((await api.delete(await comment(), { token: person.token })).status).toBe(204)
    }
    expect((await api.get(`/posts/${id}`, { token: author.token })).json.comment_count).toBe(1)
    await api.delete(path, { token: author.token })
    expect((await api.delete(path, { token: author.token })).json.code).toBe('comments.not_found')
  })

  test('Changes of comments respect If-Match', async () => {
    const user = await newUser(api)
    const { id } = await write(user)
    const response = await api.post(`/posts/${id}/comments`, { token: user.token, json: { body: 'C' } })
    const [path, tag] = [response.headers.get('location') ?? '', response.headers.get('etag') ?? '']
    const change = () =>
      api.patch(path, { token: user.token, json: { body: 'D' }, headers: { 'if-match': tag } })
    expect((await change()).status).toBe(200)
    expect((await change()).status).toBe(412)
    expect((await api.delete(path, { token: user.token, headers: { 'if-match': tag } })).status).toBe(412)
  })

  test('Comments are deleted with their author’s account and no longer counted', async () => {
    const [author, leaver] = [await newUser(api), await newUser(api)]
    const { id } = await write(author)
    await api.post(`/posts/${id}/comments`, { token: leaver.token, json: { body: 'Bye' } })
    await api.delete('/users/me', { token: leaver.token, json: { password: leaver.password } })
    expect((await api.get(`/posts/${id}`, { token: author.token })).json.comment_count).toBe(0)
  })

  test('Comments of another post or of an unknown post are not found', async () => {
    const user = await newUser(api)
    const [one, two] = [await write(user), await write(user)]
    const response = await api.post(`/posts/${one.id}/comments`, { token: user.token, json: { body: 'C' } })
    const elsewhere = `/posts/${two.id}/comments/${response.json.id}`
    expect((await api.delete(elsewhere, { token: user.token })).json.code).toBe('comments.not_found')
    const nowhere = await api.get('/posts/9007199254740991/comments', { token: user.token })
    expect(nowhere.json.code).toBe('posts.not_found')
  })
})

describe('concurrent requests', () => {
  test('Concurrent writers each get their own post, with and without keys, short or long', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => newUser(api)))
    const sent = Array.from({ length: 24 }, (_, at) => ({
      user: people[at % people.length] ?? people[0],
      json: { title: `Title ${at}`, body: 'Body '.repeat(at % 6 === 0 ? 3000 : 1), tags: [`t${at}`] },
      headers: at % 5 === 0 ? { 'idempotency-key': key() } : {},
    }))
    const created = await Promise.all(
      sent.map(({ user, json, headers }) => api.post('/posts', { token: user?.token ?? '', json, headers })),
    )
    expect(new Set(created.map(({ json }) => json.id)).size).toBe(sent.length)
    for (const [at, response] of created.entries()) {
      const { user, json } = sent[at] ?? {}
      expect(response.json).toMatchObject({ ...json, author: { id: user?.id, username: user?.username } })
      const path = response.headers.get('location') ?? ''
      const kept = await api.get(path, { token: user?.token ?? '' })
      expect([kept.json, kept.headers.get('etag')]).toEqual([response.json, response.headers.get('etag')])
    }
  })

  test('Concurrent readers of one draft see it only if they are allowed to', async () => {
    const [author, other, admin] = [await newUser(api), await newUser(api), await newAdmin(api)]
    const { id } = await write(author, { status: 'draft' })
    const readers = [author, other, admin, other, author, other]
    const responses = await Promise.all(
      readers.map((reader) => api.get(`/posts/${id}`, { token: reader.token })),
    )
    expect(responses.map(({ status }) => status)).toEqual([200, 404, 200, 404, 200, 404])
  })
})
