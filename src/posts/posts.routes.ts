import { z } from '@hono/zod-openapi'
import { allowedVersions, entityTag, ifMatch, ifNoneMatch, isUnchanged } from '../http/conditional.ts'
import { namespace } from '../http/namespace.ts'
import { decodeCursor, encodeCursor, nextLink, pageOf } from '../http/pagination.ts'
import { IdParameter } from '../http/parameters.ts'
import { answer, body, empty, noBody } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'
import {
  CreatePost,
  ListPosts,
  Post,
  PostSummary,
  toPost,
  toPostSummary,
  UpdatePost,
} from './posts.schemas.ts'
import { createPost, deletePost, listPosts, type PostRow, readPost, updatePost } from './posts.service.ts'

const posts = namespace('Posts')

const list = posts.route({
  operationId: 'listPosts',
  method: 'get',
  path: '/posts',
  summary: 'List posts',
  description: 'Published posts, without their bodies. No token is needed.',
  request: { query: ListPosts },
  responses: { 200: answer(pageOf(PostSummary, 'PostPage'), 'A page of posts; none is fine.', 'Link') },
})

const create = posts.secured({
  operationId: 'createPost',
  method: 'post',
  path: '/posts',
  summary: 'Write a post',
  description: 'Its author is the user whose token it is.',
  request: { body: body(CreatePost) },
  responses: { 201: answer(Post, 'The new post.', 'Location', 'ETag') },
})

const read = posts.secured({
  operationId: 'readPost',
  method: 'get',
  path: '/posts/{id}',
  summary: 'Read a post',
  description: 'A whole post with its author.',
  parameters: [ifNoneMatch],
  request: { params: IdParameter },
  responses: {
    200: answer(Post, 'The post.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['posts.not_found'],
})

const update = posts.secured({
  operationId: 'updatePost',
  method: 'patch',
  path: '/posts/{id}',
  summary: 'Change a post',
  description:
    'Changes the fields that are sent; for its author and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: [ifMatch],
  request: { params: IdParameter, body: body(UpdatePost) },
  responses: { 200: answer(Post, 'The post as it is now.', 'ETag') },
  problems: ['posts.not_found', 'auth.forbidden', 'precondition.failed'],
})

const remove = posts.secured({
  operationId: 'deletePost',
  method: 'delete',
  path: '/posts/{id}',
  summary: 'Delete a post',
  description: 'For its author and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: [ifMatch],
  request: { params: IdParameter },
  responses: { 204: noBody('The post is gone.') },
  problems: ['posts.not_found', 'auth.forbidden', 'precondition.failed'],
})

export const postsRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query')
    const scope = { list: 'posts', filters }
    const after = await decodeCursor(c, cursor, scope, z.int())
    const rows = await listPosts(c.var.db, { ...filters, after, limit: limit + 1 })
    const items = rows.slice(0, limit)
    const last = rows.length > limit ? items.at(-1) : undefined
    const next = last ? await encodeCursor(c, last.id, scope) : null
    return c.json({ items: items.map(toPostSummary), next_cursor: next }, 200, nextLink(c, next))
  })
  .openapi(create, async (c) => {
    const post = await createPost(c.var.db, { author: c.var.user, post: c.req.valid('json') })
    return c.json(toPost(post), 201, { Location: `/posts/${post.id}`, ETag: tagOf(post) })
  })
  .openapi(read, async (c) => {
    const post = await readPost(c.var.db, { id: c.req.valid('param').id, reader: c.var.user })
    if (isUnchanged(c, tagOf(post))) return empty(c, 304, { ETag: tagOf(post) })
    return c.json(toPost(post), 200, { ETag: tagOf(post) })
  })
  .openapi(update, async (c) => {
    const post = await updatePost(c.var.db, {
      id: c.req.valid('param').id,
      user: c.var.user,
      versions: allowedVersions(c, 2),
      changes: c.req.valid('json'),
    })
    return c.json(toPost(post), 200, { ETag: tagOf(post) })
  })
  .openapi(remove, async (c) => {
    await deletePost(c.var.db, {
      id: c.req.valid('param').id,
      user: c.var.user,
      versions: allowedVersions(c, 2),
    })
    return empty(c, 204)
  })

/** The author's name is part of a post, so the author's version is part of its tag. */
function tagOf(post: PostRow): string {
  return entityTag(post.version, post.authorVersion)
}
