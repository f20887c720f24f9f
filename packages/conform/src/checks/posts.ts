import { setTimeout } from 'node:timers/promises'
import { check, type Group } from '../check.ts'
import { itemsOf, type Json } from '../exchange.ts'
import {
  assert,
  hasHeader,
  hasStatus,
  isEmpty,
  isProblem,
  matches,
  refuses,
  respondsWith,
  same,
} from '../expect.ts'
import { after, newPostShape, notBefore, summaryShape } from '../rules.ts'
import { uniqueWord, writePost, writeTagged } from './writing.ts'

export const posts: Group = {
  name: 'posts',
  about: 'writing, reading, changing and deleting posts',
  checks: [
    check(
      'A new post has what was sent, its author, and the time; Location leads to it',
      'Operations',
      async (kit) => {
        const ada = await kit.persona('ada')
        const kinds: Json[] = [
          { title: ' Hello ', body: 'First.\nSecond.' },
          { title: 'Tagged', body: 'B', tags: ['b', 'a', 'b'] },
          { title: 'Draft', body: 'B', status: 'draft', tags: [] },
          { title: 'Published', body: 'B', status: 'published' },
        ]
        for (const json of kinds) {
          const response = await kit.post('/posts', { as: ada, json })
          const expected = json.tags ? { ...json, tags: [...new Set(json.tags)] } : json
          respondsWith(response, 201, newPostShape(ada, expected, response))
          hasHeader(response, 'location', new RegExp(`(^|//[^/]+)/posts/${response.json.id}$`))
          same('Idempotency-Replayed', response.headers.get('idempotency-replayed'), null, response)
          const read = await kit.get(`/posts/${response.json.id}`, { as: ada })
          respondsWith(read, 200, response.json)
          hasHeader(read, 'etag', response.headers.get('etag') ?? '')
        }
      },
    ),
    check('Ids of posts grow', 'ids', async (kit) => {
      const ada = await kit.persona('ada')
      const [one, two] = [await writePost(kit, ada), await writePost(kit, ada)]
      assert(two.id > one.id, `an id after ${one.id}`, two.id)
    }),
    check('Text in every script is stored unchanged', 'text', async (kit) => {
      const ada = await kit.persona('ada')
      for (const text of [
        '안녕하세요, 세계',
        '👩‍👩‍👧‍👦 🙂',
        'שלום עולם',
        `'; drop table posts; -- "\\`,
        '<script>alert(1)</script>&amp;',
        '%s #{x} {{y}}',
      ]) {
        const body = `${text}\n\tand\r\n${text}`
        const post = await writePost(kit, ada, {
          title: text,
          body,
          tags: [[...text].slice(0, 20).join('')],
        })
        same(
          'title, body and tag',
          [post.title, post.body, post.tags],
          [text, body, [[...text].slice(0, 20).join('')]],
        )
      }
    }),
    check('Text is stored NFC-normalised', 'text', async (kit) => {
      const ada = await kit.persona('ada')
      const post = await writePost(kit, ada, {
        title: 'Cafe\u0301',
        body: '\u1112\u1161\u11ab',
        tags: ['e\u0301'],
      })
      same('title, body and tags', [post.title, post.body, post.tags], ['Caf\u00e9', '\ud55c', ['\u00e9']])
      const changed = await kit.patch(`/posts/${post.id}`, { as: ada, json: { title: 'A\u030a' } })
      same('the changed title', changed.json?.title, '\u00c5', changed)
    }),
    check(
      'Lengths are counted in characters: 200 of a title, 100,000 of a body, 32 of a tag, 10 tags',
      'Limits',
      async (kit) => {
        const ada = await kit.persona('ada')
        const full = {
          title: '🙂'.repeat(200),
          body: '가 '.repeat(50_000),
          tags: Array.from({ length: 10 }, (_, n) => `${n}${'é'.repeat(31)}`),
        }
        const post = await writePost(kit, ada, full)
        same('title', post.title, full.title)
        assert(post.body === full.body, 'the whole body', `${post.body?.length} characters`)
        same('tags', post.tags, full.tags)
        const write = (json: Json) =>
          kit.post('/posts', { as: ada, json: { title: 'T', body: 'B', ...json } })
        refuses(await write({ title: '🙂'.repeat(201) }), {
          location: 'body',
          at: '/title',
          code: 'too_long',
        })
        refuses(await write({ tags: [...full.tags, 'x'] }), { location: 'body', at: '/tags' })
        refuses(await write({ tags: ['ok', 'x'.repeat(33)] }), {
          location: 'body',
          at: '/tags/1',
          code: 'too_long',
        })
      },
    ),
    check('A change affects only the fields that were sent', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path, tag } = await writeTagged(kit, ada, { tags: ['a', 'b'] })
      const changes: Json[] = [
        { title: 'New' },
        { body: 'New body.' },
        { tags: ['c'] },
        { tags: [] },
        { title: 'Both', body: 'Both.' },
      ]
      let [before, lastTag] = [post, tag]
      for (const json of changes) {
        await setTimeout(2) // times have milliseconds
        const response = await kit.patch(path, { as: ada, json })
        respondsWith(response, 200, { ...before, ...json, updated_at: after(before.updated_at) })
        assert(response.headers.get('etag') !== lastTag, 'another ETag', lastTag, response)
        respondsWith(await kit.get(path, { as: ada }), 200, response.json)
        before = response.json
        lastTag = response.headers.get('etag') ?? ''
      }
      const nothing = respondsWith(await kit.patch(path, { as: ada, json: {} }), 200, before)
      hasHeader(nothing, 'etag', lastTag)
    }),
    check('A draft is published once: published_at is set then and stays', 'Drafts', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path } = await writeTagged(kit, ada, { status: 'draft' })
      same('status and published_at', [post.status, post.published_at], ['draft', null])
      const response = hasStatus(await kit.patch(path, { as: ada, json: { status: 'published' } }), 200)
      respondsWith(response, 200, {
        ...post,
        status: 'published',
        updated_at: notBefore(post.updated_at),
        published_at: notBefore(post.created_at),
      })
    }),
    check('A deleted post is gone, with its comments, and from all lists', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const word = uniqueWord()
      const { post, path } = await writeTagged(kit, ada, { title: word, tags: [word] })
      isEmpty(await kit.delete(path, { as: ada }), 204)
      const gone = [
        await kit.get(path, { as: ada }),
        await kit.delete(path, { as: ada }),
        await kit.patch(path, { as: ada, json: { title: 'T' } }),
        await kit.get(`${path}/comments`, { as: ada }),
        await kit.get(`${path}/revisions`, { as: ada }),
        await kit.post(`${path}/comments`, { as: ada, json: { body: 'C' } }),
      ]
      for (const response of gone) isProblem(response, 404, 'posts.not_found')
      for (const query of [`q=${word}`, `tag=${word}`])
        respondsWith(await kit.get(`/posts?${query}`), 200, { items: [], next_cursor: null })
      const mine = await kit.get('/users/me/posts?limit=100', { as: ada })
      assert(!itemsOf(mine).some(({ id }) => id === post.id), 'a list without it', post.id, mine)
    }),
    check(
      'Lists show every field of a post except the body, with an excerpt of its beginning',
      'Operations',
      async (kit) => {
        const pol = await kit.persona('pol')
        const word = uniqueWord()
        const short = await writePost(kit, pol, { title: 'Short', body: 'A short\n  body.', tags: [word] })
        const long = await writePost(kit, pol, { title: 'Long', body: 'word '.repeat(200), tags: [word] })
        const list = await kit.get(`/posts?tag=${word}`)
        const excerpt = {
          rule: 'how the body begins, in 200 characters',
          test: (value: unknown) =>
            typeof value === 'string' && value.startsWith('word word') && [...value].length <= 201,
        }
        respondsWith(list, 200, {
          items: [summaryShape(long, excerpt), summaryShape(short, /^A short\s+body\.$/)],
          next_cursor: null,
        })
        const mine = itemsOf(await kit.get('/users/me/posts?limit=2', { as: pol }))
        assert(
          mine.some(({ id }) => id === long.id),
          'the newest post in the list of one’s own',
          mine,
        )
        matches(
          mine.find(({ id }) => id === long.id),
          summaryShape(long, excerpt),
          list,
        )
      },
    ),
    check('A request can select fields, in the query or by X-Fields', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path } = await writeTagged(kit, ada, { title: 'Sparse', tags: ['x'] })
      const { id, title, author } = post
      const asked: [string, Record<string, string>, Json][] = [
        [`${path}?fields=id,title`, {}, { id, title }],
        [path, { 'x-fields': '{title, id}' }, { id, title }],
        [`${path}?fields=author{username}`, {}, { author: { username: author.username } }],
        [`${path}?fields=body,tags`, {}, { body: post.body, tags: ['x'] }],
      ]
      for (const [asking, headers, expected] of asked) {
        const response = respondsWith(await kit.get(asking, { as: ada, headers }), 200, expected)
        hasHeader(response, 'content-type', /^application\/vnd\.gatepost\.sparse\+json/)
      }
      const list = await kit.get(`/posts?author=${ada.id}&limit=1&fields=id`)
      same('the fields in a list', Object.keys(itemsOf(list)[0] ?? {}), ['id'], list)
      for (const fields of [
        'nothing',
        'author{nothing}',
        'title{id}',
        '__proto__',
        'author{id',
        'conform_hash',
      ]) {
        refuses(await kit.get(`${path}?fields=${fields}`, { as: ada }), {
          location: 'query',
          at: 'fields',
          code: 'unknown_field',
        })
        refuses(await kit.get(`/posts?fields=${fields}`), {
          location: 'query',
          at: 'fields',
          code: 'unknown_field',
        })
      }
      const accepting = (accept: string) => kit.get(path, { as: ada, headers: { accept, 'x-fields': 'id' } })
      const asJson = respondsWith(await accepting('application/json'), 200, { id })
      hasHeader(asJson, 'content-type', 'application/json')
      isProblem(await accepting('text/html'), 406, 'request.not_acceptable')
    }),
    check(
      'A response with fewer fields is another representation with its own ETag',
      'concurrency',
      async (kit) => {
        const ada = await kit.persona('ada')
        const { path, tag } = await writeTagged(kit, ada)
        const ask = (headers: Record<string, string>) => kit.get(path, { as: ada, headers })
        const few = hasStatus(await ask({ 'x-fields': 'id' }), 200)
        const fewTag = few.headers.get('etag') ?? ''
        assert(fewTag !== '' && fewTag !== tag, 'an ETag of its own', fewTag, few)
        hasHeader(few, 'vary', /\bx-fields\b/i)
        hasHeader(hasStatus(await ask({}), 200), 'vary', /\bx-fields\b/i)
        hasStatus(await ask({ 'x-fields': 'id', 'if-none-match': fewTag }), 304)
        hasStatus(await ask({ 'x-fields': 'id', 'if-none-match': tag }), 200)
        hasStatus(await ask({ 'if-none-match': fewTag }), 200)
      },
    ),
  ],
}
