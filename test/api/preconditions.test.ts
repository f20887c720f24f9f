import { describe, expect, test } from 'vitest'
import { type ApiInit, type ApiResponse, openApi } from '../support/api.ts'
import { newAdmin, newUser, type Person } from '../support/people.ts'

// RFC 9110, section 13: If-Match and If-None-Match work the same way for every resource with an entity tag.

const api = await openApi()

interface Resource {
  /** Address at which the resource is read; undefined if it has none of its own. */
  read?: string
  path: string
  tag: string
  by: Person
  /** A body that changes the resource, a different one at each call. */
  change: () => object
  /** Body of the DELETE, if it needs one. */
  remove?: object
}

let count = 0
const next = () => `n${++count}${crypto.randomUUID().slice(0, 8)}`

const kinds: Record<string, () => Promise<Resource>> = {
  post: async () => {
    const by = await newUser(api)
    const { path, tag } = await newPost(by)
    return { read: path, path, tag, by, change: () => ({ title: next() }) }
  },
  comment: async () => {
    const by = await newUser(api)
    const { path: post } = await newPost(by)
    const response = await api.post(`${post}/comments`, { token: by.token, json: { body: 'C' } })
    const path = response.headers.get('location') ?? ''
    return { path, tag: response.headers.get('etag') ?? '', by, change: () => ({ body: next() }) }
  },
  'own account': async () => {
    const by = await newUser(api)
    const tag = (await api.get('/users/me', { token: by.token })).headers.get('etag') ?? ''
    const remove = { password: by.password }
    return { read: '/users/me', path: '/users/me', tag, by, change: () => ({ username: next() }), remove }
  },
  'account, for an admin': async () => {
    const [by, user] = [await newAdmin(api), await newUser(api)]
    const path = `/users/${user.id}`
    const tag = (await api.get(path, { token: by.token })).headers.get('etag') ?? ''
    let disabled = false
    const change = () => {
      disabled = !disabled
      return { disabled }
    }
    return { read: path, path, tag, by, change }
  },
}

async function newPost(by: Person) {
  const response = await api.post('/posts', { token: by.token, json: { title: 'T', body: 'B', tags: ['x'] } })
  return {
    path: response.headers.get('location') ?? '',
    tag: response.headers.get('etag') ?? '',
    id: response.json.id as number,
  }
}

const patch = (one: Resource, headers: Record<string, string>, json = one.change()) =>
  api.patch(one.path, { token: one.by.token, json, headers })
const remove = (one: Resource, headers: Record<string, string>) =>
  api.delete(one.path, { token: one.by.token, headers, ...(one.remove && { json: one.remove }) })
const outcomeOf = ({ status, json }: ApiResponse) => (json?.code ? [status, json.code] : [status])
const failed = [412, 'precondition.failed']

/** Values of If-Match that contain the tag, among others. */
const listsWith = (tag: string) => [
  tag,
  `  ${tag}\t`,
  `"a,b", ${tag}`,
  `${tag},"x,${tag.slice(1)}`,
  `,, ${tag} , ,`,
  `"",${tag}`,
  `W/"a", ${tag}`,
  `"é\\", ${tag}`,
]

/** Values of If-Match that do not contain the tag: other tags, or an invalid list. */
const listsWithout = (tag: string) => [
  '"999.1.0"',
  `"a,${tag.slice(1, -1)},b"`,
  `"a, ${tag.slice(1)}`, // a blank cannot be part of a tag
  tag.slice(1, -1),
  `x${tag}`,
  `${tag} "b"`,
  `w/${tag}`,
  `*, ${tag}`,
  ',',
]

describe.for(Object.keys(kinds))('changes of a %s', (kind) => {
  const open = () => (kinds[kind] as () => Promise<Resource>)()

  test('A change is made if the tag is in the list of If-Match, and is otherwise 412', async () => {
    const one = await open()
    let { tag } = one
    for (const wrong of [...listsWithout(tag), `W/${tag}`])
      expect([wrong, ...outcomeOf(await patch(one, { 'if-match': wrong }))]).toEqual([wrong, ...failed])
    for (let n = 0; n < listsWith(tag).length; n++) {
      const list = listsWith(tag)[n] ?? ''
      const response = await patch(one, { 'if-match': list })
      expect([list, ...outcomeOf(response)]).toEqual([list, 200])
      tag = response.headers.get('etag') ?? ''
    }
    expect(outcomeOf(await patch(one, { 'if-match': ' * ' }))).toEqual([200])
  })

  test('A change is 412 if If-None-Match is * or has the current tag, also as a weak one', async () => {
    const one = await open()
    for (const list of ['*', ' *\t', ...listsWith(one.tag), `W/${one.tag}`, `"a", W/${one.tag}`])
      expect([list, ...outcomeOf(await patch(one, { 'if-none-match': list }))]).toEqual([list, ...failed])
    let { tag } = one
    for (let n = 0; n < listsWithout(tag).length; n++) {
      const list = listsWithout(tag)[n] ?? ''
      const response = await patch(one, { 'if-none-match': list })
      expect([list, ...outcomeOf(response)]).toEqual([list, 200])
      tag = response.headers.get('etag') ?? ''
    }
  })

  test('A change needs both conditions to be true, also if it sets the same values', async () => {
    const one = await open()
    const nothing = kind === 'comment' ? { body: 'C' } : {}
    expect(outcomeOf(await patch(one, { 'if-match': '"999.1.0"' }, nothing))).toEqual(failed)
    expect(outcomeOf(await patch(one, { 'if-none-match': '*' }, nothing))).toEqual(failed)
    expect(outcomeOf(await patch(one, { 'if-match': one.tag, 'if-none-match': one.tag }))).toEqual(failed)
    expect(outcomeOf(await patch(one, { 'if-match': one.tag, 'if-none-match': '"x"' }))).toEqual([200])
  }, 30_000)
})

describe.for(Object.keys(kinds).filter((kind) => !kind.includes('admin')))('deletion of a %s', (kind) => {
  test('A deletion is 412 under the same conditions as a change', async () => {
    const one = await (kinds[kind] as () => Promise<Resource>)()
    for (const headers of [
      { 'if-match': '"999.1.0"' },
      { 'if-match': `W/${one.tag}` },
      { 'if-none-match': '*' },
      { 'if-none-match': `"a,b", ${one.tag}` },
      { 'if-match': one.tag, 'if-none-match': one.tag },
    ])
      expect([headers, ...outcomeOf(await remove(one, headers))]).toEqual([headers, ...failed])
    const both = { 'if-match': `"x", ${one.tag}`, 'if-none-match': '"x"' }
    expect(outcomeOf(await remove(one, both))).toEqual([204])
  })
})

describe.for(Object.keys(kinds).filter((kind) => kind !== 'comment'))('reads of a %s', (kind) => {
  test('A read is 304 by If-None-Match and 412 by If-Match, which is checked first', async () => {
    const { read = '', tag, by } = await (kinds[kind] as () => Promise<Resource>)()
    for (const method of ['GET', 'HEAD']) {
      const ask = async (headers: Record<string, string>) =>
        (await api.request(read, { method, token: by.token, headers })).status
      for (const list of listsWith(tag)) {
        expect([list, await ask({ 'if-none-match': list })]).toEqual([list, 304])
        expect([list, await ask({ 'if-match': list })]).toEqual([list, 200])
      }
      for (const list of listsWithout(tag)) {
        expect([list, await ask({ 'if-none-match': list })]).toEqual([list, 200])
        expect([list, await ask({ 'if-match': list })]).toEqual([list, 412])
      }
      expect(await ask({ 'if-none-match': `W/${tag}` })).toBe(304)
      expect(await ask({ 'if-match': `W/${tag}` })).toBe(412)
      expect(await ask({ 'if-match': '*', 'if-none-match': tag })).toBe(304)
      expect(await ask({ 'if-match': '"x"', 'if-none-match': tag })).toBe(412)
    }
  })
})

test('A page of posts has preconditions too', async () => {
  const by = await newUser(api)
  await newPost(by)
  const path = `/posts?author=${by.username}`
  const tag = (await api.get(path)).headers.get('etag') ?? ''
  const ask = async (headers: Record<string, string>) => (await api.get(path, { headers })).status
  expect(await ask({ 'if-match': `"a,b",${tag}` })).toBe(200)
  expect(await ask({ 'if-match': '"a,b"' })).toBe(412)
  expect(await ask({ 'if-none-match': `"a,b",${tag}` })).toBe(304)
})

test('404 and 403 come before a failed precondition', async () => {
  const [by, other] = [await newUser(api), await newUser(api)]
  const { path } = await newPost(by)
  for (const headers of [{ 'if-match': '"x"' }, { 'if-none-match': '*' }]) {
    const init = { token: other.token, json: { title: 'X' }, headers }
    expect((await api.patch(path, init)).json.code).toBe('auth.forbidden')
    expect((await api.patch('/posts/9007199254740991', init)).json.code).toBe('posts.not_found')
  }
})

describe('changes to the same values', () => {
  const tagAfter = async (path: string, init: ApiInit) => {
    const response = await api.patch(path, init)
    return [response.status, response.headers.get('etag'), response.json]
  }

  test('An equal change of a post creates no revision and changes neither tag nor time', async () => {
    const by = await newUser(api)
    const { path, tag } = await newPost(by)
    const post = (await api.get(path, { token: by.token })).json
    for (const json of [
      {},
      { title: 'T' },
      { body: 'B' },
      { tags: ['x'] },
      { tags: ['x', 'x'] },
      { status: 'published' },
      { title: 'T', body: 'B', tags: ['x'], status: 'published' },
    ]) {
      const init = { token: by.token, json, headers: { 'if-match': tag } }
      expect([json, ...(await tagAfter(path, init))]).toEqual([json, 200, tag, post])
    }
    expect((await api.get(`${path}/revisions`, { token: by.token })).json.items).toEqual([])
    const init = { token: by.token, json: { title: 'T', body: 'Other' } }
    expect((await api.patch(path, init)).json.updated_at).not.toBe(post.updated_at)
    expect((await api.get(`${path}/revisions`, { token: by.token })).json.items).toHaveLength(1)
  })

  test('Restoring the current version of a post creates no revision', async () => {
    const by = await newUser(api)
    const { path } = await newPost(by)
    await api.patch(path, { token: by.token, json: { title: 'Second' } })
    const restore = () => api.post(`${path}/revisions/1/restore`, { token: by.token })
    const first = await restore()
    const again = await restore()
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([
      200,
      first.text,
      first.headers.get('etag'),
    ])
    expect((await api.get(`${path}/revisions`, { token: by.token })).json.items).toHaveLength(2)
  })

  test('Many equal changes together with one real change create one revision', async () => {
    const by = await newUser(api)
    const { path } = await newPost(by)
    const sent = ['T', 'New', 'New', 'New', 'New', 'New'].map((title) =>
      api.patch(path, { token: by.token, json: title === 'T' ? {} : { title } }),
    )
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect((await api.get(`${path}/revisions`, { token: by.token })).json.items).toHaveLength(1)
  })

  test('An equal change of a comment changes neither tag nor time', async () => {
    const { path, tag, by } = await (kinds.comment as () => Promise<Resource>)()
    const [status, same, comment] = await tagAfter(path, { token: by.token, json: { body: 'C' } })
    expect([status, same, comment.updated_at]).toEqual([200, tag, comment.created_at])
    const init = { token: by.token, json: { body: 'C' }, headers: { 'if-none-match': '*' } }
    expect((await api.patch(path, init)).status).toBe(412)
  })

  test('An equal change of an account changes neither tag nor time and records no event, also if an admin makes it', async () => {
    const [by, admin] = [await newUser(api), await newAdmin(api)]
    const before = await api.get('/users/me', { token: by.token })
    for (const json of [{ username: by.username }, { username: by.username.toUpperCase() }, {}]) {
      const [status, tag, account] = await tagAfter('/users/me', { token: by.token, json })
      expect([status, tag, account]).toEqual([200, before.headers.get('etag'), before.json])
    }
    const profile = await api.get(`/users/${by.id}`, { token: admin.token })
    const init = { token: admin.token, json: { role: 'user', disabled: false } }
    expect(await tagAfter(`/users/${by.id}`, init)).toEqual([200, profile.headers.get('etag'), profile.json])
    expect((await api.get('/users/me', { token: by.token })).json).toEqual(before.json)
    const events = await api.get(`/audit-events?user=${by.id}`, { token: admin.token })
    const actions = events.json.items.map(({ action }: { action: string }) => action)
    expect(actions).toEqual(['user.registered'])
  })
})

describe('sparse representations', () => {
  const sparse = 'application/vnd.gatepost.sparse+json'

  test('A sparse representation has its own tag, in each way of requesting it', async () => {
    const by = await newUser(api)
    const { path, tag } = await newPost(by)
    const ask = (headers: Record<string, string>, query = '') =>
      api.get(path + query, { token: by.token, headers })
    const tags = {
      whole: tag,
      two: (await ask({ 'x-fields': 'id,title' })).headers.get('etag') ?? '',
      one: (await ask({ 'x-fields': 'id' })).headers.get('etag') ?? '',
      asJson: (await ask({ 'x-fields': 'id', accept: 'application/json' })).headers.get('etag') ?? '',
    }
    expect(new Set(Object.values(tags)).size).toBe(4)
    expect((await ask({ 'x-fields': '{title, id}' })).headers.get('etag')).toBe(tags.two)
    expect((await ask({}, '?fields=title,id')).headers.get('etag')).toBe(tags.two)
    expect((await ask({ 'x-fields': 'id', 'if-none-match': tags.one })).status).toBe(304)
    for (const other of [tags.whole, tags.two, tags.asJson])
      expect((await ask({ 'x-fields': 'id', 'if-none-match': other })).status).toBe(200)
    expect((await ask({ 'if-none-match': tags.one })).status).toBe(200)
    expect((await ask({ 'x-fields': 'id', 'if-match': tags.two })).status).toBe(412)
    // Both represent the same post, so the tag of either is accepted in If-Match.
    const change = (header: string) =>
      api.patch(path, { token: by.token, json: { title: next() }, headers: { 'if-match': header } })
    expect((await change(tags.one)).status).toBe(200)
    expect((await change(tags.one)).status).toBe(412)
  })

  test('A sparse page of posts has its own tag', async () => {
    const by = await newUser(api)
    await newPost(by)
    const path = `/posts?author=${by.username}`
    const ask = (headers: Record<string, string>) => api.get(path, { headers })
    const [whole, ids, titles, asJson] = [
      await ask({}),
      await ask({ 'x-fields': 'id' }),
      await ask({ 'x-fields': 'title' }),
      await ask({ 'x-fields': 'id', accept: 'application/json' }),
    ].map(({ headers }) => headers.get('etag') ?? '')
    expect(new Set([whole, ids, titles, asJson]).size).toBe(4)
    expect((await ask({ 'x-fields': ' id ', 'if-none-match': ids ?? '' })).status).toBe(304)
    expect((await ask({ 'x-fields': 'id', 'if-none-match': whole ?? '' })).status).toBe(200)
  })

  test('The response depends on X-Fields and Accept, and Vary always names both', async () => {
    const by = await newUser(api)
    const { path, tag } = await newPost(by)
    const responses = [
      await api.get(path, { token: by.token }),
      await api.get(path, { token: by.token, headers: { 'x-fields': 'id' } }),
      await api.get(path, { token: by.token, headers: { 'if-none-match': tag } }),
      await api.get(path),
      await api.get('/posts'),
      await api.get('/posts?fields=nothing'),
    ]
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 304, 401, 200, 422])
    for (const { headers } of responses) {
      const names = (headers.get('vary') ?? '').toLowerCase().split(/, */)
      expect(names).toEqual(expect.arrayContaining(['x-fields', 'accept']))
    }
  })

  test.for<[string | undefined, string]>([
    [undefined, sparse],
    ['*/*', sparse],
    ['application/*', sparse],
    [sparse, sparse],
    ['application/json', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/json, */*;q=0.1', 'application/json'],
    [`application/json, ${sparse}`, 'application/json'],
    [`application/json;q=0.5, ${sparse}`, sparse],
    ['application/json;q=0.5, */*', sparse],
    [`application/json;q=0, */*`, sparse],
    [`${sparse};q=0, */*`, 'application/json'],
    [`${sparse};q=0.5, application/json;q=0.4`, sparse],
  ])('With Accept: %s the type is %s', async ([accept, type]) => {
    const by = await newUser(api)
    const { path } = await newPost(by)
    for (const where of [path, '/posts']) {
      const headers = { 'x-fields': 'id', ...(accept !== undefined && { accept }) }
      const response = await api.get(where, { token: by.token, headers })
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
      expect(Object.keys(where === path ? response.json : response.json.items[0])).toEqual(['id'])
    }
  })
})
