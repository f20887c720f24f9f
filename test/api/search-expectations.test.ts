import { expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser } from '../support/people.ts'
import { expectations } from '../text/search/expectations.ts'

const api = await openApi()
const author = await newUser(api)
const all = Object.entries(expectations).flatMap(([language, pairs]) =>
  pairs.map(([q, text, whyNot]) => ({ language, q, text, whyNot })),
)

test('Of a hundred expectations in four languages, at least 95 are met', () => {
  expect(all).toHaveLength(100)
  expect(all.filter(({ whyNot }) => whyNot === undefined).length).toBeGreaterThanOrEqual(95)
})

async function isFound(q: string, post: object): Promise<boolean> {
  const tag = crypto.randomUUID().slice(0, 30)
  const created = await api.post('/posts', { token: author.token, json: { ...post, tags: [tag] } })
  const found = await api.get(`/posts?${new URLSearchParams({ q, tag })}`)
  expect([created.status, found.status]).toEqual([201, 200])
  return found.json.items.length === 1
}

test.each(all)(
  '$language: a search for “$q” finds “$text”, or not, as the table says',
  async ({ q, text, whyNot }) => {
    expect(await isFound(q, { title: 'Title', body: text }), 'in a body').toBe(whyNot === undefined)
    expect(await isFound(q, { title: text, body: 'Body' }), 'in a title').toBe(whyNot === undefined)
  },
)
