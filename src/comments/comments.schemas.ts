import { z } from '@hono/zod-openapi'
import { dateTime, numericId, output } from '../http/fields.ts'
import { textField } from '../http/text.ts'
import { Author } from '../posts/posts.schemas.ts'
import type { CommentRow } from './comments.service.ts'

const Body = textField({ min: 1, max: 10_000, isBlankAllowed: false, kind: 'body' }).openapi({
  description: 'The text.',
  example: 'Well said.',
})

export const WriteComment = z
  .strictObject({ body: Body })
  .openapi('WriteComment', { description: 'The text of a comment.' })

export const Comment = z
  .strictObject({
    id: numericId('Id of the comment.'),
    post_id: numericId('Id of the post that it is on.'),
    body: output('The text.', {
      min: 1,
      max: 10_000,
      pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
      example: 'Well said.',
    }),
    author: Author,
    created_at: dateTime('When it was written.'),
    updated_at: dateTime('When it was last changed.'),
  })
  .openapi('Comment', { description: 'A comment on a post.' })
export type Comment = z.output<typeof Comment>

/** Converts a row to the response. It names every field, so that no other column can be sent. */
export function toComment(row: CommentRow): Comment {
  return {
    id: row.id,
    post_id: row.postId,
    body: row.body,
    author: { id: row.authorId, username: row.authorUsername, name: row.authorName },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
