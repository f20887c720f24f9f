import { z } from '@hono/zod-openapi'
import { idempotencyKey, idempotentRequest } from '../api/idempotency.ts'
import { namespace } from '../api/namespace.ts'
import { decodeCursor, pageOf, toPage } from '../api/pagination.ts'
import {
  body,
  empty,
  fastJson,
  fastText,
  type JsonText,
  jsonResponse,
  jsonText,
  noBody,
} from '../api/responses.ts'
import { byQuery } from '../api/workload.ts'
import {
  entityTag,
  isUnchanged,
  preconditionsOf,
  readConditions,
  variantTag,
  writeConditions,
} from '../http/conditional.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'
import { fieldsParameter, readSparse, xFields } from '../http/sparse.ts'
import { sparseType } from '../http/sparse-type.ts'
import { createPost } from './create/create-post.ts'
import { isSearch, listOwnPosts, positionOf, type SummaryRow } from './list/list-posts.ts'
import { postsPages } from './list/posts-page.ts'
import {
  Author,
  CreatePost,
  ListOwnPosts,
  ListPosts,
  Post,
  PostParameter,
  PostSummary,
  toPost,
  toPostSummary,
  UpdatePost,
} from './posts.schemas.ts'
import { deletePost, readPost, updatePost, versionsOf } from './posts.service.ts'
import type { PostRow } from './posts.table.ts'

const posts = namespace(
  'Posts',
  'Posts: lists for everyone, whole posts for users, changes for their authors.',
)

const PostPage = pageOf(PostSummary, 'PostPage')
const sparseAuthor = {
  author: Author.partial().openapi('SparseAuthor', { description: 'Some fields of an author.' }),
}
const SparsePost = Post.extend(sparseAuthor)
  .partial()
  .openapi('SparsePost', { description: 'Some fields of a post.' })
const SparsePostSummary = PostSummary.extend(sparseAuthor)
  .partial()
  .openapi('SparsePostSummary', { description: 'Some fields of a post in a list.' })
const SparsePostPage = pageOf(SparsePostSummary, 'SparsePostPage')

const list = posts.route({
  operationId: 'listPosts',
  method: 'get',
  path: '/posts',
  summary: 'List posts',
  description: 'Published posts, without their bodies. No token is needed.',
  parameters: [...readConditions, xFields],
  workload: byQuery(ListPosts, (filters) => (isSearch(filters) ? 'search' : 'list')),
  request: { query: ListPosts },
  responses: {
    200: {
      description: 'A page of posts; none is fine.',
      headers: headerReferences('Link', 'ETag'),
      content: { 'application/json': { schema: PostPage }, [sparseType]: { schema: SparsePostPage } },
    },
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['precondition.failed'],
})

const listMine = posts.secured({
  operationId: 'listMyPosts',
  method: 'get',
  path: '/users/me/posts',
  scope: 'posts:read',
  summary: 'List your own posts',
  description: 'Your posts, drafts too, newest first.',
  workload: 'list',
  request: { query: ListOwnPosts },
  responses: { 200: jsonResponse(PostPage, 'A page of your posts.', 'Link') },
})

const create = posts.secured({
  operationId: 'createPost',
  method: 'post',
  path: '/posts',
  scope: 'posts:write',
  summary: 'Write a post',
  description: 'Its author is the user whose token it is.',
  parameters: [idempotencyKey],
  request: { body: body(CreatePost) },
  responses: { 201: jsonResponse(Post, 'The new post.', 'Location', 'ETag', 'Idempotency-Replayed') },
  problems: ['idempotency.key_reused'],
})

const read = posts.secured({
  operationId: 'readPost',
  method: 'get',
  path: '/posts/{id}',
  scope: 'posts:read',
  summary: 'Read a post',
  description: 'A whole post with its author.',
  parameters: [...readConditions, xFields],
  request: { params: PostParameter, query: z.strictObject(fieldsParameter) },
  responses: {
    200: {
      description: 'The post.',
      headers: headerReferences('ETag'),
      content: { 'application/json': { schema: Post }, [sparseType]: { schema: SparsePost } },
    },
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['posts.not_found', 'precondition.failed'],
})

const update = posts.secured({
  operationId: 'updatePost',
  method: 'patch',
  path: '/posts/{id}',
  scope: 'posts:write',
  summary: 'Change a post',
  description:
    'Changes the fields that are sent and keeps the former version as a revision; for its author and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: PostParameter, body: body(UpdatePost) },
  responses: { 200: jsonResponse(Post, 'The post as it is now.', 'ETag') },
  problems: ['posts.not_found', 'auth.forbidden', 'precondition.failed'],
})

const remove = posts.secured({
  operationId: 'deletePost',
  method: 'delete',
  path: '/posts/{id}',
  scope: 'posts:write',
  summary: 'Delete a post',
  description:
    'With its revisions and comments; for its author and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: PostParameter },
  responses: { 204: noBody('The post is gone.') },
  problems: ['posts.not_found', 'auth.forbidden', 'precondition.failed'],
})

const Position = z.tuple([z.string(), z.int()])

const pages = postsPages<{
  headers: Record<string, string>
  json: JsonText<z.output<typeof PostPage> | z.output<typeof SparsePostPage>>
}>()

export const postsRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor, fields, ...filters } = c.req.valid('query')
    const sparse = readSparse(c, fields, PostSummary)
    const scope = { list: 'posts', filters }
    const after = decodeCursor(c, cursor, scope, Position)
    const request = { ...filters, after, limit, url: c.req.url, variant: sparse?.variant }
    const { tag, body } = await pages(c.get('db'), request, (rows) => {
      const item = (row: SummaryRow) => toPostSummary(row, filters.q)
      const position = (row: SummaryRow) => positionOf(row, filters.sort)
      const { page, headers } = toPage(c, { rows, limit, scope, position, item })
      if (!sparse) return { headers, json: jsonText(page) }
      const json = jsonText({ ...page, items: page.items.map(sparse.pick) })
      return { headers: { ...headers, 'Content-Type': sparse.mediaType }, json }
    })
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    const { json, headers } = body()
    return fastText(c, json, 200, { ...headers, ETag: tag })
  })
  .openapi(listMine, async (c) => {
    const { limit, cursor, status } = c.req.valid('query')
    const { user, db } = c.var
    const scope = { list: 'my posts', filters: [user.id, status] }
    const before = decodeCursor(c, cursor, scope, z.int())
    const rows = await listOwnPosts(db, { authorId: user.id, status, before, limit: limit + 1 })
    const item = (row: SummaryRow) => toPostSummary(row)
    const { page, headers } = toPage(c, { rows, limit, scope, position: (row) => row.id, item })
    return fastJson(c, page, 200, headers)
  })
  .openapi(create, async (c) => {
    const post = c.req.valid('json')
    const request = await idempotentRequest(c, c.get('user'), post)
    const { row, isReplay } = await createPost(c.get('db'), { author: c.get('user'), post, request })
    const headers = { Location: `/posts/${row.id}`, ETag: tagOf(row) }
    return fastJson(c, toPost(row), 201, isReplay ? { ...headers, 'Idempotency-Replayed': 'true' } : headers)
  })
  .openapi(read, async (c) => {
    const sparse = readSparse(c, c.req.valid('query').fields, Post)
    const post = await readPost(c.get('db'), { id: c.req.valid('param').id, reader: c.get('user') })
    const tag = variantTag(tagOf(post), sparse?.variant)
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    if (!sparse) return fastJson(c, toPost(post), 200, { ETag: tag })
    return fastJson(c, sparse.pick(toPost(post)), 200, { ETag: tag, 'Content-Type': sparse.mediaType })
  })
  .openapi(update, async (c) => {
    const post = await updatePost(c.get('db'), {
      id: c.req.valid('param').id,
      user: c.get('user'),
      preconditions: preconditionsOf(c, postTagParts),
      changes: c.req.valid('json'),
    })
    return fastJson(c, toPost(post), 200, { ETag: tagOf(post) })
  })
  .openapi(remove, async (c) => {
    await deletePost(c.get('db'), {
      id: c.req.valid('param').id,
      user: c.get('user'),
      preconditions: preconditionsOf(c, postTagParts),
    })
    return empty(c, 204)
  })

/** The ETag of a post. It covers the author's version and the number of comments, which the response contains. */
export function tagOf(post: PostRow): string {
  return entityTag(...versionsOf(post))
}

/** The number of versions in the ETag of a post. If-Match compares only the first one. */
export const postTagParts = 3
