import { randomUUID } from 'node:crypto'
import { check, type Group, type Kit } from '../check.ts'
import { itemsOf, type Json, type Persona } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, refuses, respondsWith, same } from '../expect.ts'
import { uniqueWord, writeComment, writePost, writeTagged } from './writing.ts'

const kinds = ['posts', 'comments'] as const

export const conditions: Group = {
  name: 'conditions',
  about: 'ETag, If-Match and Idempotency-Key',
  checks: [
    check('An unchanged resource is 304 without a body', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { path, tag } = await writeTagged(kit, ada)
      for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
        const response = isEmpty(await kit.get(path, { as: ada, headers: { 'if-none-match': header } }), 304)
        hasHeader(response, 'etag', tag)
        same('Content-Type', response.headers.get('content-type'), null, response)
      }
      for (const header of ['"0"', 'nonsense', tag.replaceAll('"', '')]) {
        hasStatus(await kit.get(path, { as: ada, headers: { 'if-none-match': header } }), 200)
      }
    }),
    check('A change or a comment gives a post another ETag', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path, tag } = await writeTagged(kit, ada)
      await writeComment(kit, ada, post.id)
      const commented = hasStatus(await kit.get(path, { as: ada, headers: { 'if-none-match': tag } }), 200)
      same('comment_count', commented.json.comment_count, 1, commented)
      const next = commented.headers.get('etag') ?? ''
      // If-Match protects what the author wrote; a new comment does not change that.
      hasStatus(await kit.patch(path, { as: ada, json: { title: 'New' }, headers: { 'if-match': tag } }), 200)
      hasStatus(await kit.get(path, { as: ada, headers: { 'if-none-match': next } }), 200)
    }),
    check(
      'An unchanged page of posts is 304, and its tag changes with each post',
      'concurrency',
      async (kit) => {
        const ada = await kit.persona('ada')
        const word = uniqueWord()
        const { post, path } = await writeTagged(kit, ada, { tags: [word] })
        const list = `/posts?tag=${word}`
        const tagNow = async () => hasStatus(await kit.get(list), 200).headers.get('etag') ?? ''
        let tag = await tagNow()
        isEmpty(await kit.get(list, { headers: { 'if-none-match': tag } }), 304)
        const changes = [
          () => writeComment(kit, ada, post.id),
          () => kit.patch(path, { as: ada, json: { title: 'New' } }),
          () => writePost(kit, ada, { tags: [word] }),
          () => kit.delete(path, { as: ada }),
        ]
        for (const change of changes) {
          await change()
          hasStatus(await kit.get(list, { headers: { 'if-none-match': tag } }), 200)
          tag = await tagNow()
        }
      },
    ),
    check(
      'With If-Match, a post is changed or deleted only in that version, otherwise 412',
      'concurrency',
      async (kit) => {
        const ada = await kit.persona('ada')
        const { post, path, tag } = await writeTagged(kit, ada)
        const change = (header: string, json: Json = { title: 'New' }) =>
          kit.patch(path, { as: ada, json, headers: { 'if-match': header } })
        const remove = (header: string) => kit.delete(path, { as: ada, headers: { 'if-match': header } })
        for (const wrong of ['"999.1.0"', '"x"', 'nonsense', `W/${tag}`, tag.replaceAll('"', '')]) {
          isProblem(await change(wrong), 412, 'precondition.failed')
          isProblem(await remove(wrong), 412, 'precondition.failed')
          isProblem(await change(wrong, {}), 412, 'precondition.failed')
        }
        respondsWith(await kit.get(path, { as: ada }), 200, post)
        const changed = hasStatus(await change(tag), 200)
        isProblem(await change(tag, { title: 'Lost' }), 412, 'precondition.failed')
        isProblem(await remove(tag), 412, 'precondition.failed')
        same('the title', (await kit.get(path, { as: ada })).json?.title, 'New')
        hasStatus(await change(`"7.1.0", ${changed.headers.get('etag')}`, { title: 'In a list' }), 200)
        hasStatus(await change('*', { title: 'Any' }), 200)
        isEmpty(await remove('*'), 204)
      },
    ),
    check('Lists of tags may have commas within quotes and empty members', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { path, tag } = await writeTagged(kit, ada)
      for (const list of [`"a,b", ${tag}`, `,, ${tag} ,`, `"x,", W/"y",${tag}`]) {
        isEmpty(await kit.get(path, { as: ada, headers: { 'if-none-match': list } }), 304)
        hasStatus(await kit.get(path, { as: ada, headers: { 'if-match': list } }), 200)
        hasStatus(await kit.patch(path, { as: ada, json: {}, headers: { 'if-match': list } }), 200)
      }
      const within = `"a,${tag.slice(1, -1)},b"`
      hasStatus(await kit.get(path, { as: ada, headers: { 'if-none-match': within } }), 200)
      isProblem(
        await kit.patch(path, { as: ada, json: {}, headers: { 'if-match': within } }),
        412,
        'precondition.failed',
      )
    }),
    check(
      'If-Match counts for reading, too, and If-None-Match for changing and deleting',
      'concurrency',
      async (kit) => {
        const ada = await kit.persona('ada')
        const { path, tag } = await writeTagged(kit, ada)
        for (const method of ['GET', 'HEAD']) {
          const read = (header: string) =>
            kit.request(path, { method, as: ada, headers: { 'if-match': header } })
          for (const right of [tag, '*', `"x", ${tag}`]) hasStatus(await read(right), 200)
          for (const wrong of ['"x"', `W/${tag}`]) hasStatus(await read(wrong), 412)
        }
        for (const header of ['*', tag, `W/${tag}`, `"x", ${tag}`]) {
          const headers = { 'if-none-match': header }
          for (const response of [
            await kit.patch(path, { as: ada, json: { title: 'Lost' }, headers }),
            await kit.delete(path, { as: ada, headers }),
          ])
            isProblem(response, 412, 'precondition.failed')
        }
        const headers = { 'if-none-match': '"x"' }
        hasStatus(await kit.patch(path, { as: ada, json: { title: 'New' }, headers }), 200)
      },
    ),
    check('A change that changes nothing leaves everything as it is', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path, tag } = await writeTagged(kit, ada)
      const { title, body, tags, status } = post
      for (const json of [{}, { title }, { title, body, tags, status }]) {
        const response = respondsWith(await kit.patch(path, { as: ada, json }), 200, post)
        hasHeader(response, 'etag', tag)
      }
      same('the revisions', itemsOf(await kit.get(`${path}/revisions`, { as: ada })), [])
      const made = await kit.post(`${path}/comments`, { as: ada, json: { body: 'Same' } })
      const comment = `${path}/comments/${made.json?.id}`
      const again = respondsWith(
        await kit.patch(comment, { as: ada, json: { body: 'Same' } }),
        200,
        made.json,
      )
      hasHeader(again, 'etag', made.headers.get('etag') ?? '')
    }),
    check('Of many changes of the same version at once one succeeds', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { path, tag } = await writeTagged(kit, ada)
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, n) =>
          kit.patch(path, { as: ada, json: { title: `Title ${n}` }, headers: { 'if-match': tag } }),
        ),
      )
      same('the statuses', all.map(({ status }) => status).sort(), [200, 412, 412, 412, 412, 412])
    }),
    check('If-Match protects comments and restored revisions, too', 'concurrency', async (kit) => {
      const ada = await kit.persona('ada')
      const { post, path, tag } = await writeTagged(kit, ada)
      const made = await kit.post(`${path}/comments`, { as: ada, json: { body: 'First' } })
      const [comment, commentTag] = [`${path}/comments/${made.json?.id}`, made.headers.get('etag') ?? '']
      const headers = { 'if-match': commentTag }
      hasStatus(await kit.patch(comment, { as: ada, json: { body: 'Second' }, headers }), 200)
      isProblem(
        await kit.patch(comment, { as: ada, json: { body: 'Third' }, headers }),
        412,
        'precondition.failed',
      )
      isProblem(await kit.delete(comment, { as: ada, headers }), 412, 'precondition.failed')
      hasStatus(await kit.patch(path, { as: ada, json: { title: 'New' } }), 200)
      isProblem(
        await kit.post(`/posts/${post.id}/revisions/1/restore`, { as: ada, headers: { 'if-match': tag } }),
        412,
        'precondition.failed',
      )
    }),
    ...kinds.flatMap((kind) => [
      check(
        `An Idempotency-Key makes creating ${kind} safe to repeat: the first response is sent again, and nothing new is created`,
        'retries',
        (kit) => replays(kit, kind),
      ),
      check(
        `An Idempotency-Key for ${kind} is refused with another body, and belongs to one user`,
        'retries',
        (kit) => isBound(kit, kind),
      ),
      check(`An Idempotency-Key sent many times at once creates one of ${kind}`, 'retries', async (kit) => {
        const { send, count } = await creator(kit, kind)
        const headers = { 'idempotency-key': randomUUID() }
        const all = await Promise.all(Array.from({ length: 8 }, () => send(headers)))
        // Requests that arrive while the first one runs may get a 409.
        const made = all.filter(({ status }) => status !== 409)
        for (const response of made) hasStatus(response, 201)
        same('ids', [...new Set(made.map(({ json }) => json.id))].length, 1)
        same(
          'responses without Idempotency-Replayed',
          made.filter(({ headers }) => !headers.has('idempotency-replayed')).length,
          1,
        )
        same('what there is', await count(), 1)
      }),
    ]),
    check(
      'A refused request leaves its Idempotency-Key unused, and a malformed key is refused',
      'retries',
      async (kit) => {
        const ada = await kit.persona('ada')
        const headers = { 'idempotency-key': randomUUID() }
        const write = (json: Json, more: Record<string, string> = headers) =>
          kit.post('/posts', { as: ada, json, headers: more })
        hasStatus(await write({ title: '' }), 422)
        const first = hasStatus(await write({ title: 'T', body: 'B' }), 201)
        same('Idempotency-Replayed', first.headers.get('idempotency-replayed'), null, first)
        for (const key of ['', 'a b', 'ä', 'x'.repeat(256)]) {
          refuses2(await write({ title: 'T', body: 'B' }, { 'idempotency-key': key }))
        }
        const long = await write(
          { title: 'T', body: 'B' },
          { 'idempotency-key': `${randomUUID()}${'~'.repeat(219)}` },
        )
        hasStatus(long, 201)
      },
    ),
  ],
}

const refuses2 = (response: Parameters<typeof refuses>[0]) =>
  refuses(response, { location: 'header', at: 'Idempotency-Key' })

/** Returns functions that create resources of one kind with a unique mark, and count them. */
async function creator(kit: Kit, kind: (typeof kinds)[number], as?: Persona) {
  const author = as ?? (await kit.persona('ada'))
  const word = uniqueWord()
  if (kind === 'posts') {
    const json = { title: 'Once', body: word, tags: [word] }
    return {
      send: (headers: Record<string, string>, change: Json = {}, by = author) =>
        kit.post('/posts', { as: by, json: { ...json, ...change }, headers }),
      count: async () => itemsOf(await kit.get(`/posts?tag=${word}`)).length,
    }
  }
  const { id } = await writePost(kit, author)
  const path = `/posts/${id}/comments`
  return {
    send: (headers: Record<string, string>, change: Json = {}, by = author) =>
      kit.post(path, { as: by, json: { body: word, ...change }, headers }),
    count: async () => itemsOf(await kit.get(path, { as: author })).length,
  }
}

async function replays(kit: Kit, kind: (typeof kinds)[number]): Promise<void> {
  const { send, count } = await creator(kit, kind)
  const ada = await kit.persona('ada')
  const headers = { 'idempotency-key': randomUUID() }
  const first = hasStatus(await send(headers), 201)
  same('Idempotency-Replayed of the first', first.headers.get('idempotency-replayed'), null, first)
  const location = new URL(first.headers.get('location') ?? '', kit.origin).pathname
  hasStatus(await kit.patch(location, { as: ada, json: { body: 'Changed meanwhile' } }), 200)
  const second = respondsWith(await send(headers), 201, first.json)
  hasHeader(second, 'idempotency-replayed', 'true')
  for (const name of ['location', 'etag', 'content-type'])
    same(name, second.headers.get(name), first.headers.get(name), second)
  same('what there is', await count(), 1)
  const other = hasStatus(await send({ 'idempotency-key': randomUUID() }), 201)
  assert(other.json.id !== first.json.id, 'another one for another key', other.json.id, other)
}

async function isBound(kit: Kit, kind: (typeof kinds)[number]): Promise<void> {
  const { send, count } = await creator(kit, kind)
  const bob = await kit.persona('bob')
  const headers = { 'idempotency-key': randomUUID() }
  const first = hasStatus(await send(headers), 201)
  isProblem(await send(headers, { body: 'Another body' }), 422, 'idempotency.key_reused')
  same('what there is', await count(), 1)
  const bobs = hasStatus(await send(headers, {}, bob), 201)
  assert(
    bobs.json.id !== first.json.id && bobs.json.author?.id === bob.id,
    'one of his own for another user',
    bobs.json,
    bobs,
  )
  same('Idempotency-Replayed for another user', bobs.headers.get('idempotency-replayed'), null, bobs)
}
