import { z } from '@hono/zod-openapi'
import { namespace } from '../../api/namespace.ts'
import { decodeCursor, pageOf, pageParameters, toPage } from '../../api/pagination.ts'
import { jsonResponse } from '../../api/responses.ts'
import { preconditionsOf, writeConditions } from '../../http/conditional.ts'
import { count, dateTime, demoUserId, uuid } from '../../http/fields.ts'
import { wholeNumber } from '../../http/parameters.ts'
import { createRouter } from '../../http/router.ts'
import { postTagParts, tagOf } from '../posts.routes.ts'
import { bodyOutput, Post, PostParameter, Status, tagsOutput, titleOutput, toPost } from '../posts.schemas.ts'
import type { postRevisions } from '../posts.table.ts'
import { listRevisions, readRevision, restoreRevision } from './revisions.service.ts'

const posts = namespace('Posts')

const summaryFields = {
  number: count('Counts the versions of the post from 1.', 1, 1),
  title: titleOutput,
  tags: tagsOutput,
  status: Status,
  written_at: dateTime('When this version was written.'),
  replaced_at: dateTime('When another took its place.'),
  replaced_by: uuid('Id of the user who changed it; null if the account is gone.', demoUserId).nullable(),
}

const RevisionSummary = z
  .strictObject(summaryFields)
  .openapi('RevisionSummary', { description: 'A former version of a post, without its body.' })

const Revision = z
  .strictObject({ ...summaryFields, body: bodyOutput })
  .openapi('Revision', { description: 'A former version of a post.' })

const RevisionParameters = PostParameter.extend({
  number: wholeNumber(1, 2_147_483_647).openapi({
    param: { name: 'number', in: 'path' },
    type: 'integer',
    format: 'int32',
    minimum: 1,
    maximum: 2_147_483_647,
    description: 'Number of the revision.',
    example: 1,
  }),
})

const list = posts.secured({
  operationId: 'listRevisions',
  method: 'get',
  path: '/posts/{id}/revisions',
  scope: 'posts:read',
  summary: 'List former versions of a post',
  description: 'Newest first; for its author and admins.',
  workload: 'list',
  request: { params: PostParameter, query: z.strictObject(pageParameters) },
  responses: { 200: jsonResponse(pageOf(RevisionSummary, 'RevisionPage'), 'A page of revisions.', 'Link') },
  problems: ['posts.not_found', 'auth.forbidden'],
})

const read = posts.secured({
  operationId: 'readRevision',
  method: 'get',
  path: '/posts/{id}/revisions/{number}',
  scope: 'posts:read',
  summary: 'Read a former version of a post',
  description: 'For its author and admins.',
  request: { params: RevisionParameters },
  responses: { 200: jsonResponse(Revision, 'The revision.') },
  problems: ['posts.not_found', 'auth.forbidden', 'revisions.not_found'],
})

const restore = posts.secured({
  operationId: 'restoreRevision',
  method: 'post',
  path: '/posts/{id}/revisions/{number}/restore',
  scope: 'posts:write',
  summary: 'Bring a former version back',
  description:
    'Gives the post the title, body and tags that it had; what it is now becomes a revision, so nothing is lost. Where nothing would change, nothing does.',
  parameters: writeConditions,
  request: { params: RevisionParameters },
  responses: { 200: jsonResponse(Post, 'The post as it is now.', 'ETag') },
  problems: ['posts.not_found', 'auth.forbidden', 'revisions.not_found', 'precondition.failed'],
})

export const revisionsRoutes = createRouter()
  .openapi(list, async (c) => {
    const { id } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    const scope = { list: 'revisions', filters: id }
    const before = decodeCursor(c, cursor, scope, z.int())
    const rows = await listRevisions(c.var.db, { id, user: c.var.user, before, limit: limit + 1 })
    const { page, headers } = toPage(c, {
      rows,
      limit,
      scope,
      position: (row) => row.number,
      item: toSummary,
    })
    return c.json(page, 200, headers)
  })
  .openapi(read, async (c) => {
    const revision = await readRevision(c.var.db, { ...c.req.valid('param'), user: c.var.user })
    return c.json({ ...toSummary(revision), body: revision.body }, 200)
  })
  .openapi(restore, async (c) => {
    const preconditions = preconditionsOf(c, postTagParts)
    const post = await restoreRevision(c.var.db, { ...c.req.valid('param'), user: c.var.user, preconditions })
    return c.json(toPost(post), 200, { ETag: tagOf(post) })
  })

function toSummary(row: typeof postRevisions.$inferSelect): z.output<typeof RevisionSummary> {
  return {
    number: row.number,
    title: row.title,
    tags: row.tags,
    status: row.status,
    written_at: row.writtenAt,
    replaced_at: row.replacedAt,
    replaced_by: row.replacedBy,
  }
}
