import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'

const api = await openApi()
const unique = () => `t${crypto.randomUUID().slice(0, 12)}`
const codesOf = (response: any) =>
  response.json.errors.map((error: any) => [error.pointer ?? error.name, error.code])

async function write(user: Person, post: object = {}) {
  const response = await api.post('/posts', {
    token: user.token,
    json: { title: 'Title', body: 'Body', ...post },
  })
  expect(response.status).toBe(201)
  return { ...response.json, tag: response.headers.get('etag') ?? '' }
}

describe('writing a post', () => {
  test('A new post belongs to the user of the token, and reading it returns the same', async () => {
    const user = await newUser(api)
    const response = await api.post('/posts', {
      token: user.token,
      json: { title: ' Hi ', body: 'B', tags: ['a', 'b', 'a'] },
    })
    expect(response.json).toMatchObject({
      title: ' Hi ',
      tags: ['a', 'b'],
      status: 'published',
      author: { id: user.id, username: user.username },
    })
    expect(response.json.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(response.headers.get('location')).toBe(`/posts/${response.json.id}`)
    const read = await api.get(`/posts/${response.json.id}`, { token: user.token })
    expect(read.json).toEqual(response.json)
    expect(read.headers.get('etag')).toBe(response.headers.get('etag'))
  })

  test.each([
    ['Korean', '안녕하세요, 세계'],
    ['emoji', '👩‍👩‍👧‍👦'.repeat(3)],
    ['right-to-left', 'שלום עולם'],
    ['quotes and SQL', `'; drop table posts; -- "\\`],
    ['markup', '<script>alert(1)</script>&amp;'],
  ])('A title in %s is stored unchanged', async (_what, title) => {
    const post = await write(await newUser(api), { title, body: title, tags: [title.slice(0, 20)] })
    expect(post).toMatchObject({ title, body: title })
  })

  test('Limits count characters, not UTF-16 units', async () => {
    const user = await newUser(api)
    expect((await write(user, { title: '🙂'.repeat(200) })).title).toBe('🙂'.repeat(200))
    const response = await api.post('/posts', {
      token: user.token,
      json: { title: '🙂'.repeat(201), body: 'B' },
    })
    expect(codesOf(response)).toEqual([['/title', 'too_long']])
  })

  test('Text is stored in Unicode’s normal form C', async () => {
    expect((await write(await newUser(api), { title: 'e\u0301' })).title).toBe('\u00e9')
  })

  test('A body may have 100,000 characters, and not one more', async () => {
    const user = await newUser(api)
    expect((await write(user, { body: '가 '.repeat(50_000) })).body).toHaveLength(100_000)
    const response = await api.post('/posts', {
      token: user.token,
      json: { title: 'T', body: 'x'.repeat(100_001) },
    })
    expect(codesOf(response)).toEqual([['/body', 'too_long']])
  })

  test('A body may have as many different words as fit', async () => {
    const user = await newUser(api)
    const character = (n: number) => String.fromCodePoint(0xac00 + (n % 11_172))
    const pairs = Array.from(
      { length: 50_000 },
      (_, n) => character(n * 7) + character(n * 11 + Math.floor(n / 11_172)),
    )
    for (const body of [pairs.join(''), pairs.join(' ').slice(0, 100_000)]) {
      expect((await write(user, { body })).body).toHaveLength(body.length)
    }
  })

  test.each([
    ['an author', { author: 'me' }, '/author', 'unknown_key'],
    ['an author_id', { author_id: crypto.randomUUID() }, '/author_id', 'unknown_key'],
    ['a blank title', { title: ' \n ' }, '/title', 'too_short'],
    ['an empty body', { body: '' }, '/body', 'too_short'],
    ['eleven tags', { tags: 'abcdefghijk'.split('') }, '/tags', 'too_big'],
    ['a long tag', { tags: ['ok', 'x'.repeat(33)] }, '/tags/1', 'too_long'],
    ['a tag that is no text', { tags: [5] }, '/tags/0', 'invalid_type'],
    ['another status', { status: 'gone' }, '/status', 'invalid_value'],
    ['NUL', { title: 'a\0b' }, '/title', 'nul_character'],
    ['half a surrogate pair', { body: '\ud800' }, '/body', 'lone_surrogate'],
    ['a name with a slash', { 'a/b~c': 1 }, '/a~1b~0c', 'unknown_key'],
  ])('A new post with %s is refused, and the problem points at it', async (_what, change, pointer, code) => {
    const { token } = await newUser(api)
    const response = await api.post('/posts', { token, json: { title: 'T', body: 'B', ...change } })
    expect(response.status).toBe(422)
    expect(codesOf(response)).toEqual([[pointer, code]])
  })
})

describe('changing a post', () => {
  test('A change updates only the fields that are sent', async () => {
    const user = await newUser(api)
    const { tag, ...post } = await write(user, { tags: ['a'] })
    const response = await api.patch(`/posts/${post.id}`, { token: user.token, json: { title: 'New' } })
    expect(response.json).toEqual({ ...post, title: 'New', updated_at: expect.any(String) })
    expect(response.headers.get('etag')).not.toBe(tag)
    const cleared = await api.patch(`/posts/${post.id}`, { token: user.token, json: { tags: [] } })
    expect(cleared.json).toMatchObject({ title: 'New', tags: [] })
  })

  test('Only the author and admins may change a post', async () => {
    const [author, other, admin] = [await newUser(api), await newUser(api), await newAdmin(api)]
    const { id } = await write(author)
    for (const method of ['PATCH', 'DELETE']) {
      const json = method === 'PATCH' ? { json: { title: 'Mine now' } } : {}
      const response = await api.request(`/posts/${id}`, { method, token: other.token, ...json })
      expect([response.status, response.json.code]).toEqual([403, 'auth.forbidden'])
    }
    const changed = await api.patch(`/posts/${id}`, { token: admin.token, json: { title: 'Moderated' } })
    expect(changed.json).toMatchObject({ title: 'Moderated', author: { id: author.id } })
    expect((await api.delete(`/posts/${id}`, { token: admin.token })).status).toBe(204)
    expect((await api.get(`/posts/${id}`, { token: author.token })).status).toBe(404)
  })

  test('Of many concurrent changes of the same version, one succeeds', async () => {
    const user = await newUser(api)
    const { id, tag } = await write(user)
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        api.patch(`/posts/${id}`, {
          token: user.token,
          json: { title: `${n}` },
          headers: { 'if-match': tag },
        }),
      ),
    )
    expect(responses.map((response) => response.status).sort()).toEqual([200, ...Array(7).fill(412)])
  })

  test.each([
    ['another tag', '"999.1.0"', 412],
    ['a weak tag', 'W/"1.1.0"', 412],
    ['nonsense', 'nonsense', 412],
    ['a tag in another form', '"1"', 412],
    ['a tag among nonsense', 'x"1.1.0"', 412],
    ['a list with the tag', '"7.1.0", "1.1.0"', 204],
    ['any', '*', 204],
  ])('A change with %s in If-Match gets the specified status', async (_what, header, status) => {
    const user = await newUser(api)
    const { id } = await write(user)
    const response = await api.delete(`/posts/${id}`, { token: user.token, headers: { 'if-match': header } })
    expect(response.status).toBe(status)
  })

  test('A change of an unknown post is 404', async () => {
    const { token } = await newUser(api)
    const missing = '/posts/9007199254740991'
    expect((await api.get(missing, { token })).json.code).toBe('posts.not_found')
    expect((await api.patch(missing, { token, json: { title: 'T' } })).json.code).toBe('posts.not_found')
    expect((await api.delete(missing, { token })).json.code).toBe('posts.not_found')
  })

  test.each([
    '0',
    '-1',
    '1.5',
    '01',
    '1e3',
    '0x10',
    'abc',
    '9007199254740992',
    '99999999999999999999',
    '%00',
  ])('The id %s is 422', async (id) => {
    const { token } = await newUser(api)
    const response = await api.get(`/posts/${id}`, { token })
    expect([response.status, codesOf(response)[0][0]]).toEqual([422, 'id'])
  })
})

describe('reading a post', () => {
  test('An unchanged post is 304 without a body', async () => {
    const user = await newUser(api)
    const { id, tag } = await write(user)
    for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const response = await api.get(`/posts/${id}`, {
        token: user.token,
        headers: { 'if-none-match': header },
      })
      expect([response.status, response.text, response.headers.get('etag')]).toEqual([304, '', tag])
    }
    const other = await api.get(`/posts/${id}`, { token: user.token, headers: { 'if-none-match': '"0"' } })
    expect(other.status).toBe(200)
  })

  test('A rename of the author changes the tag of a post, but If-Match still compares only the post', async () => {
    const user = await newUser(api)
    const { id, tag } = await write(user)
    await api.patch('/users/me', { token: user.token, json: { username: unique() } })
    const response = await api.get(`/posts/${id}`, { token: user.token, headers: { 'if-none-match': tag } })
    expect(response.status).toBe(200)
    const change = { token: user.token, json: { title: 'New' }, headers: { 'if-match': tag } }
    expect((await api.patch(`/posts/${id}`, change)).status).toBe(200)
  })
})

describe('drafts', () => {
  test('A draft does not exist for other users', async () => {
    const [author, other, admin] = [await newUser(api), await newUser(api), await newAdmin(api)]
    const { id } = await write(author, { status: 'draft', title: unique(), tags: [author.username] })
    expect((await api.get(`/posts/${id}`, { token: author.token })).json.status).toBe('draft')
    expect((await api.get(`/posts/${id}`, { token: admin.token })).status).toBe(200)
    const codes = [
      await api.get(`/posts/${id}`, { token: other.token }),
      await api.patch(`/posts/${id}`, { token: other.token, json: { title: 'T' } }),
      await api.delete(`/posts/${id}`, { token: other.token }),
    ].map((response) => response.json.code)
    expect(codes).toEqual(Array(3).fill('posts.not_found'))
    expect((await api.get(`/posts?tag=${author.username}`)).json.items).toEqual([])
    await api.patch(`/posts/${id}`, { token: author.token, json: { status: 'published' } })
    expect((await api.get(`/posts?tag=${author.username}`)).json.items).toHaveLength(1)
  })
})

describe('the list of posts', () => {
  test('The list needs no token, has summaries without bodies, and may be empty', async () => {
    const user = await newUser(api)
    const { id } = await write(user, { body: `${'word '.repeat(100)}end` })
    const list = await api.get(`/posts?author=${user.username}`)
    const [summary] = list.json.items
    expect(summary).toMatchObject({ id, author: { id: user.id, username: user.username } })
    expect(summary.excerpt).toMatch(/^word word/)
    expect(summary.excerpt.length).toBeLessThanOrEqual(200)
    expect((await api.get('/posts?author=nobody.at.all')).json).toEqual({ items: [], next_cursor: null })
  })

  test.each(['newest', 'oldest'])(
    'The list is sorted %s first, page by page, while others write and delete',
    async (sort) => {
      const user = await newUser(api)
      const ids: number[] = []
      for (let n = 0; n < 7; n++) ids.push((await write(user)).id)
      if (sort === 'newest') ids.reverse()
      const seen: number[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page: any = await api.get(
          `/posts?author=${user.id}&sort=${sort}&limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        )
        seen.push(...page.json.items.map((post: any) => post.id))
        cursor = page.json.next_cursor
        if (seen.length === 2) await api.delete(`/posts/${ids[1]}`, { token: user.token })
        if (sort === 'newest') await write(user)
      }
      expect(seen).toEqual(ids)
    },
  )

  test('The list has a working link to the next page', async () => {
    const user = await newUser(api)
    for (let n = 0; n < 3; n++) await write(user, { tags: ['ä&='] })
    const first = await api.get(`/posts?author=${user.username}&tag=${encodeURIComponent('ä&=')}&limit=2`)
    const next = /^<(\/posts\?[^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1]
    const second = await api.get(next ?? '')
    expect(second.json.items).toHaveLength(1)
    expect(second.headers.get('link')).toBeNull()
  })

  test('The list can be filtered by tags, several of them together, and by words', async () => {
    const [user, word] = [await newUser(api), unique()]
    const one = await write(user, { tags: [word, 'x'], title: `about ${word} and bees` })
    const two = await write(user, { tags: [word, 'y'], body: `nothing on ${word}` })
    const idsOf = async (query: string) =>
      (await api.get(`/posts?${query}`)).json.items.map((post: any) => post.id)
    expect(await idsOf(`tag=${word}`)).toEqual([two.id, one.id])
    expect(await idsOf(`tag=${word}&tag=x`)).toEqual([one.id])
    expect(await idsOf(`q=${word}`)).toEqual([two.id, one.id])
    expect(await idsOf(`q=${word}+bees`)).toEqual([one.id])
    expect(await idsOf(`q=${word}+-bees`)).toEqual([two.id])
    expect(await idsOf(`q=${word}&author=${user.id}&tag=y`)).toEqual([two.id])
  })

  test('A cursor that was altered, invented or made for another list is refused', async () => {
    const user = await newUser(api)
    for (let n = 0; n < 2; n++) await write(user)
    const page = await api.get(`/posts?author=${user.username}&limit=1`)
    const cursor: string = page.json.next_cursor
    const last = cursor.at(-1) === 'A' ? 'B' : 'A'
    const { token } = await newUser(api)
    const responses = [
      await api.get(`/posts?author=${user.username}&cursor=${cursor.slice(0, -1)}${last}`),
      await api.get(`/posts?author=${user.username}&cursor=${cursor}=`),
      await api.get(`/posts?author=${user.username}&cursor=MTA.${cursor.split('.')[1]}`),
      await api.get('/posts?cursor=abc'),
      await api.get(`/posts?author=${user.username}&cursor=${cursor}.`),
      await api.get(`/posts?author=${user.username}&cursor=${cursor}.x`),
      await api.get('/posts?cursor='),
      await api.get(`/posts?cursor=${cursor}`),
      await api.get(`/posts?author=${user.username}&sort=oldest&cursor=${cursor}`),
      await api.get(`/users?cursor=${cursor}`, { token }),
    ]
    expect(responses.map((response) => [response.status, ...codesOf(response)[0]])).toEqual(
      responses.map(() => [422, 'cursor', 'invalid_cursor']),
    )
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e9', 'limit'],
    ['limit=', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['limit=1.0', 'limit'],
    ['sort=random', 'sort'],
    ['q=', 'q'],
    ['q=%00', 'q'],
    ['tag=', 'tag'],
    [`tag=${'x'.repeat(33)}`, 'tag'],
    ['autor=ada', 'autor'],
    ['author=a&author=b', 'author'],
    [`q=${'x'.repeat(1001)}`, 'q'],
  ])('?%s is refused, and the problem names the parameter', async (query, name) => {
    const response = await api.get(`/posts?${query}`)
    expect([response.status, codesOf(response)[0][0]]).toEqual([422, name])
  })

  test.each([
    '"',
    "'",
    '\\',
    '&',
    '|',
    '!',
    '( ) : *',
    '%25',
    '-',
    '"unclosed phrase',
    '<->',
    'or',
    '안녕 🙂',
    '\u202e',
  ])('A search for %j is accepted', async (q) => {
    expect((await api.get(`/posts?q=${encodeURIComponent(q)}`)).status).toBe(200)
  })
})
