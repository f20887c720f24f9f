import { randomBytes } from 'node:crypto'
import type { Kit } from '../check.ts'
import type { Json, Persona } from '../exchange.ts'
import { hasStatus } from '../expect.ts'

/** A word that occurs in no other text. */
export const uniqueWord = () => `w${randomBytes(7).toString('hex')}`

/** Writes a post; `post` overrides its fields. */
export async function writePost(kit: Kit, author: Persona, post: Json = {}): Promise<Json> {
  const json = { title: 'A title', body: 'A body.', ...post }
  return hasStatus(await kit.post('/posts', { as: author, json }), 201).json
}

/** The same, with its ETag. */
export async function writeTagged(kit: Kit, author: Persona, post: Json = {}) {
  const response = hasStatus(
    await kit.post('/posts', { as: author, json: { title: 'A title', body: 'A body.', ...post } }),
    201,
  )
  return { post: response.json, path: `/posts/${response.json.id}`, tag: response.headers.get('etag') ?? '' }
}

/** Writes a comment. */
export async function writeComment(
  kit: Kit,
  author: Persona,
  postId: number,
  body = 'A comment.',
): Promise<Json> {
  return hasStatus(await kit.post(`/posts/${postId}/comments`, { as: author, json: { body } }), 201).json
}
