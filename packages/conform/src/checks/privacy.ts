import { check, type Group, type Kit } from '../check.ts'
import { itemsOf, type Json } from '../exchange.ts'
import { assert, hasStatus, isProblem, refuses, respondsWith, same } from '../expect.ts'
import { authorShape } from '../rules.ts'
import { uniqueWord, writePost } from './writing.ts'

export const privacy: Group = {
  name: 'privacy',
  about: 'what one may not do to others, and what they do not see',
  checks: [
    check('The author of a post is the user of the token, and cannot be set', 'Operations', async (kit) => {
      const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
      const given: Json[] = [
        { author: bob.id },
        { author_id: bob.id },
        { author: { id: bob.id } },
        { user_id: bob.id },
        { id: 1 },
        { created_at: '2000-01-01T00:00:00.000Z' },
      ]
      for (const json of given) {
        const [key = ''] = Object.keys(json)
        refuses(await kit.post('/posts', { as: ada, json: { title: 'T', body: 'B', ...json } }), {
          location: 'body',
          at: `/${key}`,
          code: 'unknown_key',
        })
      }
      const post = await writePost(kit, ada)
      same('the author', post.author, authorShape(ada))
      for (const json of given)
        isProblem(await kit.patch(`/posts/${post.id}`, { as: ada, json }), 422, 'request.invalid')
    }),
    check(
      'A post of somebody else can be read, but not changed, restored or deleted',
      'Operations',
      async (kit) => {
        const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
        const post = await writePost(kit, ada)
        const changed = hasStatus(
          await kit.patch(`/posts/${post.id}`, { as: ada, json: { title: 'Second' } }),
          200,
        ).json
        const path = `/posts/${post.id}`
        respondsWith(await kit.get(path, { as: bob }), 200, changed)
        const tag = (await kit.get(path, { as: bob })).headers.get('etag') ?? ''
        const refused = [
          await kit.patch(path, { as: bob, json: { title: 'Mine now' } }),
          await kit.patch(path, { as: bob, json: {} }),
          await kit.patch(path, { as: bob, json: { status: 'draft' }, headers: { 'if-match': tag } }),
          await kit.delete(path, { as: bob }),
          await kit.delete(path, { as: bob, headers: { 'if-match': '*' } }),
          await kit.get(`${path}/revisions`, { as: bob }),
          await kit.get(`${path}/revisions/1`, { as: bob }),
          await kit.post(`${path}/revisions/1/restore`, { as: bob }),
        ]
        for (const response of refused) isProblem(response, 403, 'auth.forbidden')
        respondsWith(await kit.get(path, { as: ada }), 200, changed)
      },
    ),
    check('A draft does not exist for others, by id', 'Drafts', async (kit) => {
      const { bob, draft } = await aDraft(kit)
      const path = `/posts/${draft.id}`
      const all = [
        await kit.get(path, { as: bob }),
        await kit.get(`${path}?fields=id`, { as: bob }),
        await kit.request(path, { as: bob, headers: { 'if-none-match': '*' } }),
        await kit.patch(path, { as: bob, json: { title: 'T' } }),
        await kit.patch(path, { as: bob, json: {} }),
        await kit.delete(path, { as: bob }),
      ]
      for (const response of all) isProblem(response, 404, 'posts.not_found')
    }),
    check('The comments on a draft do not exist for others', 'Drafts', async (kit) => {
      const { ada, bob, draft } = await aDraft(kit)
      const path = `/posts/${draft.id}/comments`
      const comment = hasStatus(await kit.post(path, { as: ada, json: { body: 'For me' } }), 201).json
      const all = [
        await kit.get(path, { as: bob }),
        await kit.post(path, { as: bob, json: { body: 'C' } }),
        await kit.patch(`${path}/${comment.id}`, { as: bob, json: { body: 'C' } }),
        await kit.delete(`${path}/${comment.id}`, { as: bob }),
      ]
      for (const response of all) isProblem(response, 404, 'posts.not_found')
    }),
    check('The revisions of a draft do not exist for others', 'Drafts', async (kit) => {
      const { ada, bob, draft } = await aDraft(kit)
      hasStatus(await kit.patch(`/posts/${draft.id}`, { as: ada, json: { body: 'Second' } }), 200)
      const path = `/posts/${draft.id}/revisions`
      const all = [
        await kit.get(path, { as: bob }),
        await kit.get(`${path}/1`, { as: bob }),
        await kit.post(`${path}/1/restore`, { as: bob }),
      ]
      for (const response of all) isProblem(response, 404, 'posts.not_found')
    }),
    check(
      'No list and no search shows a draft, not even to its author, except the list of the user’s own posts',
      'Drafts',
      async (kit) => {
        const { ada, bob, draft, word } = await aDraft(kit)
        const queries = [
          `author=${ada.id}&limit=100`,
          `author=${ada.username}&limit=100`,
          `tag=${word}`,
          `q=${word}`,
          `q=${word}&sort=relevance`,
          `q=${word}&author=${ada.id}`,
          'limit=100',
          'sort=oldest&limit=100',
          'sort=updated&limit=100',
          `tag=${word}&q=${word}`,
          `author=${ada.id}&fields=id&limit=100`,
        ]
        for (const query of queries) {
          for (const as of [undefined, bob, ada]) {
            const response = hasStatus(await kit.get(`/posts?${query}`, { as }), 200)
            assert(
              !itemsOf(response).some(({ id, title }) => id === draft.id || title?.includes(word)),
              'a list without drafts',
              draft,
              response,
            )
          }
        }
        const mine = hasStatus(await kit.get('/users/me/posts?status=draft&limit=100', { as: ada }), 200)
        assert(
          itemsOf(mine).some(({ id }) => id === draft.id),
          'one’s own draft',
          itemsOf(mine).map(({ id }) => id),
          mine,
        )
        const bobs = hasStatus(await kit.get('/users/me/posts?limit=100', { as: bob }), 200)
        assert(
          itemsOf(bobs).every(({ author }) => author.id === bob.id),
          'one’s own posts alone',
          itemsOf(bobs).map(({ author }) => author),
          bobs,
        )
      },
    ),
    check(
      'A post that becomes a draft again is hidden from others, and reappears unchanged',
      'Drafts',
      async (kit) => {
        const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
        const word = uniqueWord()
        const post = await writePost(kit, ada, { title: word })
        const set = async (status: string) =>
          hasStatus(await kit.patch(`/posts/${post.id}`, { as: ada, json: { status } }), 200).json
        same('published_at of the draft', (await set('draft')).published_at, post.published_at)
        isProblem(await kit.get(`/posts/${post.id}`, { as: bob }), 404, 'posts.not_found')
        same('the hits', itemsOf(await kit.get(`/posts?q=${word}`)), [])
        const back = await set('published')
        same('published_at', back.published_at, post.published_at)
        same('created_at', back.created_at, post.created_at)
        respondsWith(await kit.get(`/posts/${post.id}`, { as: bob }), 200, back)
        same(
          'the hits',
          itemsOf(await kit.get(`/posts?q=${word}`)).map(({ id }) => id),
          [post.id],
        )
      },
    ),
    check('Only logged-in users can read whole posts, comments and profiles', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const post = await writePost(kit, ada)
      for (const path of [
        `/posts/${post.id}`,
        `/posts/${post.id}/comments`,
        `/posts/${post.id}/revisions`,
        `/users/${ada.id}`,
        '/users',
        '/users/me/posts',
      ]) {
        isProblem(await kit.get(path), 401, 'auth.token_missing')
      }
    }),
  ],
}

async function aDraft(kit: Kit) {
  const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
  const word = uniqueWord()
  const draft = await writePost(kit, ada, { title: `Draft ${word}`, tags: [word], status: 'draft' })
  return { ada, bob, draft, word }
}
