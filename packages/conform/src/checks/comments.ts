import { setTimeout } from 'node:timers/promises'
import { check, type Group } from '../check.ts'
import { itemsOf } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, respondsWith, same } from '../expect.ts'
import { missingPost } from '../operations.ts'
import { after, commentShape, timeOf } from '../rules.ts'
import { writeComment, writePost } from './writing.ts'

export const comments: Group = {
  name: 'comments',
  about: 'comments on posts',
  checks: [
    check(
      'A new comment has what was sent, its author and post, and the time; it is counted on the post',
      'Operations',
      async (kit) => {
        const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
        const post = await writePost(kit, ada)
        const response = await kit.post(`/posts/${post.id}/comments`, {
          as: bob,
          json: { body: ' Well\nsaid. 안녕 ' },
        })
        const now = timeOf(response)
        respondsWith(response, 201, {
          ...commentShape(bob, post.id, ' Well\nsaid. 안녕 '),
          created_at: now,
          updated_at: response.json?.created_at,
        })
        hasHeader(
          response,
          'location',
          new RegExp(`(^|//[^/]+)/posts/${post.id}/comments/${response.json.id}$`),
        )
        const list = await kit.get(`/posts/${post.id}/comments`, { as: ada })
        respondsWith(list, 200, { items: [response.json], next_cursor: null })
        const read = await kit.get(`/posts/${post.id}`, { as: ada })
        respondsWith(read, 200, { ...post, comment_count: 1 })
        const listed = itemsOf(await kit.get(`/posts?author=${ada.id}&limit=100`)).find(
          ({ id }) => id === post.id,
        )
        same('comment_count in the list', listed?.comment_count, 1)
      },
    ),
    check('Comments are listed oldest first', 'Operations', async (kit) => {
      const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
      const post = await writePost(kit, ada)
      const made = [
        await writeComment(kit, bob, post.id, 'one'),
        await writeComment(kit, ada, post.id, 'two'),
        await writeComment(kit, bob, post.id, 'three'),
      ]
      respondsWith(await kit.get(`/posts/${post.id}/comments`, { as: bob }), 200, {
        items: made,
        next_cursor: null,
      })
      same('comment_count', (await kit.get(`/posts/${post.id}`, { as: ada })).json?.comment_count, 3)
    }),
    check(
      'Only its author can change a comment, not even the author of the post',
      'Operations',
      async (kit) => {
        const [ada, bob, cyd] = [await kit.persona('ada'), await kit.persona('bob'), await kit.persona('cyd')]
        const post = await writePost(kit, ada)
        const comment = await writeComment(kit, bob, post.id)
        const path = `/posts/${post.id}/comments/${comment.id}`
        for (const as of [ada, cyd])
          isProblem(await kit.patch(path, { as, json: { body: 'Mine' } }), 403, 'auth.forbidden')
        same('the comment', itemsOf(await kit.get(`/posts/${post.id}/comments`, { as: ada })), [comment])
        await setTimeout(2) // times have milliseconds
        const changed = await kit.patch(path, { as: bob, json: { body: 'Cafe\u0301' } })
        respondsWith(changed, 200, { ...comment, body: 'Caf\u00e9', updated_at: after(comment.updated_at) })
        same('the list', itemsOf(await kit.get(`/posts/${post.id}/comments`, { as: ada })), [changed.json])
      },
    ),
    check('Only its author and the author of the post can delete a comment', 'Operations', async (kit) => {
      const [ada, bob, cyd] = [await kit.persona('ada'), await kit.persona('bob'), await kit.persona('cyd')]
      const post = await writePost(kit, ada)
      const [one, two] = [await writeComment(kit, bob, post.id), await writeComment(kit, bob, post.id)]
      const path = (comment: { id: number }) => `/posts/${post.id}/comments/${comment.id}`
      isProblem(await kit.delete(path(one), { as: cyd }), 403, 'auth.forbidden')
      isEmpty(await kit.delete(path(one), { as: bob }), 204)
      isEmpty(await kit.delete(path(two), { as: ada }), 204)
      isProblem(await kit.delete(path(one), { as: bob }), 404, 'comments.not_found')
      isProblem(await kit.patch(path(two), { as: bob, json: { body: 'C' } }), 404, 'comments.not_found')
      respondsWith(await kit.get(`/posts/${post.id}/comments`, { as: ada }), 200, {
        items: [],
        next_cursor: null,
      })
      same('comment_count', (await kit.get(`/posts/${post.id}`, { as: ada })).json?.comment_count, 0)
    }),
    check('A comment is found under its own post alone', 'which status', async (kit) => {
      const [ada, bob] = [await kit.persona('ada'), await kit.persona('bob')]
      const [post, other] = [await writePost(kit, ada), await writePost(kit, ada)]
      const comment = await writeComment(kit, bob, post.id)
      const elsewhere = `/posts/${other.id}/comments/${comment.id}`
      isProblem(await kit.patch(elsewhere, { as: bob, json: { body: 'C' } }), 404, 'comments.not_found')
      isProblem(await kit.delete(elsewhere, { as: bob }), 404, 'comments.not_found')
      isProblem(
        await kit.delete(`/posts/${post.id}/comments/${missingPost}`, { as: bob }),
        404,
        'comments.not_found',
      )
      respondsWith(await kit.get(`/posts/${other.id}/comments`, { as: bob }), 200, {
        items: [],
        next_cursor: null,
      })
      same(
        'the comments of its own post',
        itemsOf(await kit.get(`/posts/${post.id}/comments`, { as: bob })),
        [comment],
      )
    }),
    check('A comment of 10,000 characters is kept whole', 'Limits', async (kit) => {
      const ada = await kit.persona('ada')
      const { id } = await writePost(kit, ada)
      const body = '🙂가'.repeat(5000)
      const comment = await writeComment(kit, ada, id, body)
      assert(comment.body === body, 'the whole text', `${comment.body?.length} UTF-16 units`)
    }),
    check(
      'The posts and comments of a user carry their new name after a change of it',
      'Operations',
      async (kit) => {
        const cyd = await kit.persona('cyd')
        const post = await writePost(kit, cyd)
        const comment = await writeComment(kit, cyd, post.id)
        const tag = (await kit.get(`/posts/${post.id}`, { as: cyd })).headers.get('etag') ?? ''
        const renamed = hasStatus(
          await kit.patch('/users/me', { as: cyd, json: { username: `${cyd.username}-2` } }),
          200,
        ).json
        cyd.username = renamed.username
        const author = { id: cyd.id, username: renamed.username, name: null }
        const read = await kit.get(`/posts/${post.id}`, { as: cyd, headers: { 'if-none-match': tag } })
        respondsWith(read, 200, { ...post, comment_count: 1, author })
        respondsWith(await kit.get(`/posts/${post.id}/comments`, { as: cyd }), 200, {
          items: [{ ...comment, author }],
          next_cursor: null,
        })
        same(
          'the posts under the new name',
          itemsOf(await kit.get(`/posts?author=${author.username}`))
            .map(({ id }) => id)
            .includes(post.id),
          true,
        )
      },
    ),
  ],
}
