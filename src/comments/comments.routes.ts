import { z } from '@hono/zod-openapi'
import { idempotencyKey, idempotentRequest } from '../api/idempotency.ts'
import { namespace } from '../api/namespace.ts'
import { decodeCursor, pageOf, pageParameters, toPage } from '../api/pagination.ts'
import { body, empty, jsonResponse, noBody } from '../api/responses.ts'
import { entityTag, preconditionsOf, writeConditions } from '../http/conditional.ts'
import { createRouter } from '../http/router.ts'
import { PostParameter } from '../posts/posts.schemas.ts'
import { Comment, toComment, WriteComment } from './comments.schemas.ts'
import {
  type CommentRow,
  createComment,
  deleteComment,
  listComments,
  updateComment,
  versionsOf,
} from './comments.service.ts'

const comments = namespace('Comments', 'Comments on posts.')

const CommentParameters = PostParameter.extend({
  comment_id: PostParameter.shape.id.openapi({
    param: { name: 'comment_id', in: 'path' },
    description: 'Id of the comment.',
    example: 1,
  }),
})

const list = comments.secured({
  operationId: 'listComments',
  method: 'get',
  path: '/posts/{id}/comments',
  scope: 'posts:read',
  summary: 'List the comments on a post',
  description: 'Oldest first.',
  workload: 'list',
  request: { params: PostParameter, query: z.strictObject(pageParameters) },
  responses: { 200: jsonResponse(pageOf(Comment, 'CommentPage'), 'A page of comments.', 'Link') },
  problems: ['posts.not_found'],
})

const create = comments.secured({
  operationId: 'createComment',
  method: 'post',
  path: '/posts/{id}/comments',
  scope: 'comments:write',
  summary: 'Comment on a post',
  description: 'Its author is the user whose token it is.',
  parameters: [idempotencyKey],
  request: { params: PostParameter, body: body(WriteComment) },
  responses: { 201: jsonResponse(Comment, 'The new comment.', 'Location', 'ETag', 'Idempotency-Replayed') },
  problems: ['posts.not_found', 'idempotency.key_reused'],
})

const update = comments.secured({
  operationId: 'updateComment',
  method: 'patch',
  path: '/posts/{id}/comments/{comment_id}',
  scope: 'comments:write',
  summary: 'Change a comment',
  description: 'For its author and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: CommentParameters, body: body(WriteComment) },
  responses: { 200: jsonResponse(Comment, 'The comment as it is now.', 'ETag') },
  problems: ['posts.not_found', 'comments.not_found', 'auth.forbidden', 'precondition.failed'],
})

const remove = comments.secured({
  operationId: 'deleteComment',
  method: 'delete',
  path: '/posts/{id}/comments/{comment_id}',
  scope: 'comments:write',
  summary: 'Delete a comment',
  description:
    'For its author, the author of the post and admins. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: CommentParameters },
  responses: { 204: noBody('The comment is gone.') },
  problems: ['posts.not_found', 'comments.not_found', 'auth.forbidden', 'precondition.failed'],
})

export const commentsRoutes = createRouter()
  .openapi(list, async (c) => {
    const postId = c.req.valid('param').id
    const { limit, cursor } = c.req.valid('query')
    const scope = { list: 'comments', filters: postId }
    const after = decodeCursor(c, cursor, scope, z.int())
    const rows = await listComments(c.var.db, { postId, reader: c.var.user, after, limit: limit + 1 })
    const { page, headers } = toPage(c, {
      rows,
      limit,
      scope,
      position: (row) => row.id,
      item: toComment,
    })
    return c.json(page, 200, headers)
  })
  .openapi(create, async (c) => {
    const comment = c.req.valid('json')
    const request = await idempotentRequest(c, c.var.user, comment)
    const postId = c.req.valid('param').id
    const { row, isReplay } = await createComment(c.var.db, {
      postId,
      author: c.var.user,
      ...comment,
      request,
    })
    const headers = { Location: `/posts/${postId}/comments/${row.id}`, ETag: tagOf(row) }
    return c.json(toComment(row), 201, isReplay ? { ...headers, 'Idempotency-Replayed': 'true' } : headers)
  })
  .openapi(update, async (c) => {
    const { id: postId, comment_id: id } = c.req.valid('param')
    const preconditions = preconditionsOf(c, commentTagParts)
    const row = await updateComment(c.var.db, {
      postId,
      id,
      user: c.var.user,
      preconditions,
      ...c.req.valid('json'),
    })
    return c.json(toComment(row), 200, { ETag: tagOf(row) })
  })
  .openapi(remove, async (c) => {
    const { id: postId, comment_id: id } = c.req.valid('param')
    const preconditions = preconditionsOf(c, commentTagParts)
    await deleteComment(c.var.db, { postId, id, user: c.var.user, preconditions })
    return empty(c, 204)
  })

/** The ETag of a comment. It covers the author's version too, since the response contains the author's name. */
function tagOf(comment: CommentRow): string {
  return entityTag(...versionsOf(comment))
}

const commentTagParts = 2
