import { check, type Group } from '../check.ts'
import { itemsOf, type Json, type Persona } from '../exchange.ts'
import { assert, hasStatus, isProblem, respondsWith, same } from '../expect.ts'
import { notBefore } from '../rules.ts'
import { writePost } from './writing.ts'

/** A revision: the post before the change, and the time and author of the change. */
function revisionShape(number: number, was: Json, { replacedAt, by }: { replacedAt: Json; by: Persona }) {
  const { title, tags, status, updated_at } = was
  return { number, title, tags, status, written_at: updated_at, replaced_at: replacedAt, replaced_by: by.id }
}

export const revisions: Group = {
  name: 'revisions',
  about: 'former versions of posts',
  checks: [
    check('A new post has no revisions', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const { id } = await writePost(kit, ada)
      respondsWith(await kit.get(`/posts/${id}/revisions`, { as: ada }), 200, {
        items: [],
        next_cursor: null,
      })
      isProblem(await kit.get(`/posts/${id}/revisions/1`, { as: ada }), 404, 'revisions.not_found')
      isProblem(await kit.post(`/posts/${id}/revisions/1/restore`, { as: ada }), 404, 'revisions.not_found')
    }),
    check(
      'Every change stores the previous version, with the user and time of the change, newest first',
      'Operations',
      async (kit) => {
        const ada = await kit.persona('ada')
        const versions = [await writePost(kit, ada, { title: 'One', body: 'First', tags: ['a'] })]
        const path = `/posts/${versions[0].id}`
        for (const json of [{ title: 'Two' }, { body: 'Second', tags: [] }, {}, { status: 'draft' }]) {
          const { json: now } = hasStatus(await kit.patch(path, { as: ada, json }), 200)
          if (Object.keys(json).length > 0) versions.push(now)
        }
        const expected = versions
          .slice(0, -1)
          .map((was, index) =>
            revisionShape(index + 1, was, { replacedAt: versions[index + 1]?.updated_at, by: ada }),
          )
        respondsWith(await kit.get(`${path}/revisions`, { as: ada }), 200, {
          items: expected.toReversed(),
          next_cursor: null,
        })
        for (const [index, revision] of expected.entries()) {
          respondsWith(await kit.get(`${path}/revisions/${index + 1}`, { as: ada }), 200, {
            ...revision,
            body: versions[index].body,
          })
        }
        isProblem(
          await kit.get(`${path}/revisions/${versions.length}`, { as: ada }),
          404,
          'revisions.not_found',
        )
      },
    ),
    check(
      'A revision brought back gives the post its title, body and tags, and loses nothing',
      'Operations',
      async (kit) => {
        const ada = await kit.persona('ada')
        const one = await writePost(kit, ada, { title: 'One', body: 'First', tags: ['a'] })
        const path = `/posts/${one.id}`
        const two = hasStatus(
          await kit.patch(path, { as: ada, json: { title: 'Two', body: 'Second', tags: ['b'] } }),
          200,
        ).json
        const restored = await kit.post(`${path}/revisions/1/restore`, { as: ada })
        respondsWith(restored, 200, { ...one, updated_at: notBefore(two.updated_at) })
        assert(
          /^"[^"]+"$/.test(restored.headers.get('etag') ?? ''),
          'an ETag',
          restored.headers.get('etag'),
          restored,
        )
        respondsWith(await kit.get(path, { as: ada }), 200, restored.json)
        const list = hasStatus(await kit.get(`${path}/revisions`, { as: ada }), 200)
        same(
          'the revisions',
          itemsOf(list).map(({ number, title }) => [number, title]),
          [
            [2, 'Two'],
            [1, 'One'],
          ],
          list,
        )
        const second = hasStatus(await kit.get(`${path}/revisions/2`, { as: ada }), 200)
        same(
          'the revision that was replaced',
          [second.json.title, second.json.body, second.json.tags],
          ['Two', 'Second', ['b']],
          second,
        )
        isProblem(await kit.post(`${path}/revisions/3/restore`, { as: ada }), 404, 'revisions.not_found')
      },
    ),
    check('Changes at once keep one revision each', 'Operations', async (kit) => {
      const ada = await kit.persona('ada')
      const { id } = await writePost(kit, ada)
      const all = await Promise.all(
        Array.from({ length: 5 }, (_, n) => kit.patch(`/posts/${id}`, { as: ada, json: { title: `${n}` } })),
      )
      for (const response of all) hasStatus(response, 200)
      const list = hasStatus(await kit.get(`/posts/${id}/revisions`, { as: ada }), 200)
      same(
        'the numbers',
        itemsOf(list).map(({ number }) => number),
        [5, 4, 3, 2, 1],
        list,
      )
    }),
  ],
}
