import { randomBytes } from 'node:crypto'
import type { Kit } from '../check.ts'
import type { Json, Person } from '../exchange.ts'
import { hasStatus } from '../expect.ts'

/** A word that stands in no other text. */
export const uniqueWord = () => `w${randomBytes(7).toString('hex')}`

/** A new post, and what is in `post` beside its fields. */
export async function writePost(kit: Kit, author: Person, post: Json = {}): Promise<Json> {
  const json = { title: 'A title', body: 'A body.', ...post }
  return hasStatus(await kit.post('/posts', { as: author, json }), 201).json
}

/** The same, with its ETag. */
export async function writeTagged(kit: Kit, author: Person, post: Json = {}) {
  const answer = hasStatus(
    await kit.post('/posts', { as: author, json: { title: 'A title', body: 'A body.', ...post } }),
    201,
  )
  return { post: answer.json, path: `/posts/${answer.json.id}`, tag: answer.headers.get('etag') ?? '' }
}

/** A new comment. */
export async function writeComment(
  kit: Kit,
  author: Person,
  postId: number,
  body = 'A comment.',
): Promise<Json> {
  return hasStatus(await kit.post(`/posts/${postId}/comments`, { as: author, json: { body } }), 201).json
}
