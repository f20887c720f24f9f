import { z } from '@hono/zod-openapi'
import { text } from '../http/text.ts'
import { Author } from '../posts/posts.schemas.ts'
import type { CommentRow } from './comments.service.ts'

const Body = text({ min: 1, max: 10_000, isBlankAllowed: false }).openapi({ example: 'Well said.' })

export const WriteComment = z
  .strictObject({ body: Body })
  .openapi('WriteComment', { description: 'The text of a comment.' })

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })

export const Comment = z
  .strictObject({
    id: z.int().positive().openapi({ format: 'int64', example: 1 }),
    post_id: z.int().positive().openapi({ format: 'int64', example: 1 }),
    body: z.string().openapi({ example: 'Well said.' }),
    author: Author,
    created_at: Timestamp,
    updated_at: Timestamp,
  })
  .openapi('Comment', { description: 'A comment on a post.' })
export type Comment = z.output<typeof Comment>

/** A comment. */
export function toComment(row: CommentRow): Comment {
  return {
    id: row.id,
    post_id: row.postId,
    body: row.body,
    author: { id: row.authorId, username: row.authorName },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
