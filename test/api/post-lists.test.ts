import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser, type Person } from '../support/people.ts'

const api = await openApi()
const unique = () => `t${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
const idsOf = (page: any): number[] => page.json.items.map((post: any) => post.id)
const find = async (query: Record<string, string>) => api.get(`/posts?${new URLSearchParams(query)}`)

async function write(user: Person, post: object = {}) {
  return (await api.post('/posts', { token: user.token, json: { title: 'Title', body: 'Body', ...post } }))
    .json
}

/** All pages of a list, following the links. */
async function walk(path: string, token?: string): Promise<any[]> {
  const items: any[] = []
  let next: string | undefined = path
  while (next !== undefined) {
    const page = await api.get(next, token === undefined ? {} : { token })
    items.push(...page.json.items)
    next = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  return items
}

describe('searching', () => {
  test.each([
    ['학교', '나는 학교에서 왔다', '도서관에서 왔다'],
    ['고등학교', '우리 고등학교는 크다', '우리 고등 교실'],
    ['등학', '고등학교', '학등교'],
    ['東京', '私は東京都に住む', '京都に住む'],
    ['ภาษา', 'ฉันเรียนภาษาไทย', 'ฉันไป'],
    ['привет', 'Привет, мир', 'Прощай, мир'],
    ['🙂 smile', 'a smile 🙂', 'a frown'],
    ['"quick brown"', 'the quick brown fox', 'brown and quick'],
    ['fox -lazy', 'the fox runs', 'the lazy fox'],
  ])('A search for %s finds the right text', async (q, right, wrong) => {
    const user = await newUser(api)
    const expected = await write(user, { body: right })
    await write(user, { body: wrong })
    expect(idsOf(await find({ q, author: user.username }))).toEqual([expected.id])
  })

  test('A search by relevance lists hits in titles first, page by page', async () => {
    const [user, word] = [await newUser(api), unique()]
    const inTitle = await write(user, { title: word, body: 'nothing' })
    const often = await write(user, { body: `${word} ${word} ${word}` })
    const once = await write(user, { body: `${word} and many other words that do not matter here at all` })
    const walked = await walk(`/posts?q=${word}&sort=relevance&limit=1`)
    expect(walked.map((post) => post.id)).toEqual([inTitle.id, often.id, once.id])
    expect((await api.get('/posts?sort=relevance')).json.errors[0]).toMatchObject({
      name: 'sort',
      code: 'needs_q',
    })
  })

  test('A search marks the hits in an excerpt around the first', async () => {
    const [user, word] = [await newUser(api), unique()]
    await write(user, {
      body: `${'filler '.repeat(300)}<mark>fake</mark> then ${word.toUpperCase()} again ${word}. <b>x</b>`,
    })
    const [post] = (await find({ q: word })).json.items
    expect(post.excerpt).toMatch(
      new RegExp(`^….*fake then <mark>${word.toUpperCase()}</mark> again <mark>${word}</mark>. <b>x</b>$`),
    )
    await write(user, { body: `${unique()} 학교에서 왔다` })
    const [korean] = (await find({ q: '학교', author: user.username })).json.items
    expect(korean.excerpt).toContain('<mark>학교</mark>에서')
  })

  test('A search of ten thousand characters is refused, one of a thousand accepted', async () => {
    expect((await find({ q: 'x '.repeat(5000) })).status).toBe(422)
    expect((await find({ q: 'x '.repeat(500) })).status).toBe(200)
  })
})

describe('sorting and filtering', () => {
  test('Sorting by last change lists the latest change first', async () => {
    const user = await newUser(api)
    const [one, two, three] = [await write(user), await write(user), await write(user)]
    await api.patch(`/posts/${one.id}`, { token: user.token, json: { title: 'New' } })
    const walked = await walk(`/posts?author=${user.id}&sort=updated&limit=2`)
    expect(walked.map((post) => post.id)).toEqual([one.id, three.id, two.id])
  })

  test('Sorting uses the time of publication, not of creation', async () => {
    const user = await newUser(api)
    const draft = await write(user, { status: 'draft' })
    expect(draft.published_at).toBeNull()
    const other = await write(user)
    const published = await api.patch(`/posts/${draft.id}`, {
      token: user.token,
      json: { status: 'published' },
    })
    expect(published.json.published_at).not.toBeNull()
    expect(idsOf(await find({ author: user.username }))).toEqual([draft.id, other.id])
    expect(idsOf(await find({ author: user.username, sort: 'oldest' }))).toEqual([other.id, draft.id])
    const [back, again] = ['draft', 'published'].map(
      (status) => () => api.patch(`/posts/${draft.id}`, { token: user.token, json: { status } }),
    )
    await back?.()
    expect((await again?.())?.json.published_at).toBe(published.json.published_at)
  })

  test('A filter by time of creation returns the posts within the range', async () => {
    const user = await newUser(api)
    const posts = [await write(user), await write(user), await write(user)]
    const [, second, third] = posts
    const between = await find({
      author: user.username,
      created_after: second.created_at,
      created_before: third.created_at,
    })
    // Posts created within the same millisecond as the third one are not before it.
    const expected = posts.filter(
      (post) => post.created_at >= second.created_at && post.created_at < third.created_at,
    )
    expect(idsOf(between)).toEqual(expected.map((post) => post.id).reverse())
    const impossible = [
      'yesterday',
      '0000-01-01T00:00:00Z',
      '0001-01-01T00:00:00+14:00',
      '9999-12-31T23:59:59-14:00',
    ]
    for (const time of [...impossible, `2020-01-01T00:00:00.${'0'.repeat(70)}Z`]) {
      const { status, json } = await find({ created_after: time })
      expect([status, json.errors.length], time).toEqual([422, 1])
    }
    for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])
      expect((await find({ created_before: time })).status, time).toBe(200)
    const offset = await find({ author: user.username, created_after: '2020-01-01T00:00:00+09:00' })
    expect(offset.json.items).toHaveLength(3)
  })

  test('The pages of the default order contain every post', async () => {
    const user = await newUser(api)
    const createdIds: number[] = []
    for (let n = 0; n < 25; n++) createdIds.unshift((await write(user)).id)
    const first = await api.get('/posts')
    expect(first.json.items).toHaveLength(20)
    const second = await api.get(`/posts?cursor=${first.json.next_cursor}`)
    const seen = [...idsOf(first), ...idsOf(second)]
    expect(new Set(seen).size).toBe(seen.length)
    const mine = await walk(`/posts?author=${user.id}`)
    expect(mine.map((post) => post.id)).toEqual(createdIds)
  })
})

describe('a page of posts', () => {
  test('An unchanged page of posts is 304; a comment, a rename or a new post changes its tag', async () => {
    const [user, reader] = [await newUser(api), await newUser(api)]
    const post = await write(user)
    const path = `/posts?author=${user.id}`
    const currentTag = async () => (await api.get(path)).headers.get('etag') ?? ''
    let tag = await currentTag()
    const unchanged = await api.get(path, { headers: { 'if-none-match': tag } })
    expect([unchanged.status, unchanged.text]).toEqual([304, ''])
    const changes = [
      () => api.post(`/posts/${post.id}/comments`, { token: reader.token, json: { body: 'C' } }),
      () => api.patch('/users/me', { token: user.token, json: { username: unique() } }),
      () => write(user),
      () => api.delete(`/posts/${post.id}`, { token: user.token }),
    ]
    for (const change of changes) {
      await change()
      const next = await currentTag()
      expect(next).not.toBe(tag)
      tag = next
    }
  })

  test('Concurrent requests with different parameters each get the page that they requested', async () => {
    const user = await newUser(api)
    await Promise.all(Array.from({ length: 11 }, () => write(user)))
    const ways: [path: string, fields?: string][] = [
      ['/posts?limit=10'],
      ['/posts?limit=10&sort=newest'],
      ['/posts?limit=10&fields=id'],
      ['/posts?limit=10', 'id,title'],
      ['/posts?limit=10', 'tags'],
    ]
    const responses = await Promise.all(
      [...ways, ...ways, ...ways].map(async ([path, fields]) => {
        const response = await api.get(path, fields ? { headers: { 'x-fields': fields } } : {})
        const names = Object.keys(response.json.items[0])
        const [, next] = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '') ?? []
        return { names, next, type: response.headers.get('content-type'), tag: response.headers.get('etag') }
      }),
    )
    const sparse = 'application/vnd.gatepost.sparse+json'
    for (const [at, { names, next, type }] of responses.entries()) {
      const [path, fields] = ways[at % ways.length] ?? ['']
      const wanted = fields ?? new URL(path, 'http://localhost').searchParams.get('fields')
      expect(type).toBe(wanted ? sparse : 'application/json')
      if (wanted) expect(names).toEqual(wanted.split(','))
      else expect(names.length).toBeGreaterThan(9)
      expect(next?.replace(/&cursor=[^&]+/, '')).toBe(path)
    }
    expect(new Set(responses.map(({ tag }) => tag)).size).toBeGreaterThanOrEqual(ways.length)
  })
})

test('A client that has the page gets a 304 while concurrent requests get the page', async () => {
  const user = await newUser(api)
  await write(user, { title: 'Mine' })
  const path = `/posts?author=${user.username}`
  const tag = (await api.get(path)).headers.get('etag') ?? ''
  const responses = await Promise.all(
    Array.from({ length: 9 }, async (_, at) =>
      api.get(path, {
        headers: { 'x-request-id': `r-${at}`, ...(at % 3 === 0 && { 'if-none-match': tag }) },
      }),
    ),
  )
  expect(responses.map(({ status }) => status)).toEqual([304, 200, 200, 304, 200, 200, 304, 200, 200])
  expect(responses.map(({ headers }) => headers.get('x-request-id'))).toEqual(
    responses.map((_, at) => `r-${at}`),
  )
  expect(responses[1]?.json.items).toMatchObject([{ title: 'Mine', author: { id: user.id } }])
})

describe('the caller’s own posts', () => {
  test('The list of own posts includes drafts, which other users cannot see anywhere', async () => {
    const [user, other] = [await newUser(api), await newUser(api)]
    const word = unique()
    const draft = await write(user, { status: 'draft', title: word, tags: [word] })
    const published = await write(user)
    expect(idsOf(await api.get('/users/me/posts', { token: user.token }))).toEqual([published.id, draft.id])
    expect(idsOf(await api.get('/users/me/posts?status=draft', { token: user.token }))).toEqual([draft.id])
    const walked = await walk('/users/me/posts?limit=1', user.token)
    expect(walked.map((post) => post.id)).toEqual([published.id, draft.id])
    for (const query of [{ q: word }, { q: word, sort: 'relevance' }, { tag: word }]) {
      expect(idsOf(await find(query as Record<string, string>))).toEqual([])
    }
    const { token } = other
    const responses = [
      await api.get(`/posts/${draft.id}`, { token }),
      await api.get(`/posts/${draft.id}?fields=id`, { token }),
      await api.get(`/posts/${draft.id}/comments`, { token }),
      await api.post(`/posts/${draft.id}/comments`, { token, json: { body: 'C' } }),
      await api.get(`/posts/${draft.id}/revisions`, { token }),
      await api.get(`/posts/${draft.id}/revisions/1`, { token }),
      await api.post(`/posts/${draft.id}/revisions/1/restore`, { token }),
      await api.patch(`/posts/${draft.id}/comments/1`, { token, json: { body: 'C' } }),
      await api.delete(`/posts/${draft.id}/comments/1`, { token }),
    ]
    expect(responses.map((response) => response.json.code)).toEqual(responses.map(() => 'posts.not_found'))
  })
})

describe('sparse responses', () => {
  test('The fields of a response are selected in the query or by X-Fields', async () => {
    const user = await newUser(api)
    const { id } = await write(user, { title: 'Sparse' })
    const asked = [
      { path: `/posts/${id}?fields=id,title`, headers: {} },
      { path: `/posts/${id}`, headers: { 'x-fields': 'id, title' } },
      { path: `/posts/${id}`, headers: { 'x-fields': '{title,id}' } },
    ]
    for (const { path, headers } of asked) {
      const response = await api.get(path, { token: user.token, headers })
      expect(response.json).toEqual({ id, title: 'Sparse' })
      expect(response.headers.get('content-type')).toBe('application/vnd.gatepost.sparse+json')
    }
    const list = await api.get(`/posts?author=${user.username}&fields=id,author{username}`)
    expect(list.json).toEqual({ items: [{ id, author: { username: user.username } }], next_cursor: null })
  })

  test.each([
    'nothing',
    'id,',
    'id,,title',
    'id}',
    'author{nothing}',
    'title{id}',
    '__proto__',
    'body',
    'author{id',
  ])('Unknown fields (%s) are 422', async (fields) => {
    const response = await find({ fields })
    const isFine = fields === 'id,'
    expect(response.status).toBe(isFine ? 200 : 422)
    if (!isFine) expect(response.json.errors[0]).toMatchObject({ name: 'fields', code: 'unknown_field' })
  })

  test('A sparse response requires an Accept header that allows its media type', async () => {
    const accept = async (type: string, query = '?fields=id') =>
      (await api.get(`/posts${query}`, { headers: { accept: type } })).status
    expect(await accept('application/vnd.gatepost.sparse+json')).toBe(200)
    expect(await accept('application/json, */*')).toBe(200)
    expect(await accept('application/json')).toBe(200)
    expect(await accept('text/html')).toBe(406)
    expect(await accept('application/vnd.gatepost.sparse+json', '')).toBe(406)
  })
})
