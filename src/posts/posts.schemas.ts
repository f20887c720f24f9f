import { z } from '@hono/zod-openapi'
import { pageParameters } from '../http/pagination.ts'
import { repeatable } from '../http/parameters.ts'
import { text } from '../http/text.ts'
import type { PostRow, SummaryRow } from './posts.service.ts'
import { postStatuses } from './posts.table.ts'

const Title = text({ min: 1, max: 200, isBlankAllowed: false }).openapi({ example: 'Hello, world' })
const Body = text({ min: 1, max: 100_000, isBlankAllowed: false }).openapi({ example: 'My first post.' })
const Tag = text({ min: 1, max: 32, isBlankAllowed: false }).openapi({ example: 'news' })
// Examples of optional parameters would be sent by everybody who tries them out at /docs.
const TagFilter = text({ min: 1, max: 32, isBlankAllowed: false })
const Tags = z
  .array(Tag)
  .max(10)
  .transform((tags) => [...new Set(tags)])
  .openapi({ description: 'Tags; the same one twice counts once.', example: ['news'] })
const Status = z
  .enum(postStatuses)
  .openapi({ description: 'Drafts are seen by their author and admins alone.', example: 'published' })

export const CreatePost = z
  .strictObject({ title: Title, body: Body, tags: Tags.optional(), status: Status.optional() })
  .openapi('CreatePost', { description: 'A new post. Its author is the user whose token it is.' })
export type CreatePost = z.output<typeof CreatePost>

export const UpdatePost = z
  .strictObject({ title: Title, body: Body, tags: Tags, status: Status })
  .partial()
  .openapi('UpdatePost', { description: 'The fields to change; the others stay (RFC 7396).' })
export type UpdatePost = z.output<typeof UpdatePost>

export const ListPosts = z.strictObject({
  author: text({ min: 1, max: 36 })
    .toLowerCase()
    .optional()
    .openapi({ description: 'Only posts of this user: id or username.' }),
  tag: repeatable(TagFilter, 10).openapi({
    description: 'Only posts with this tag; repeat it for posts with all of several tags.',
  }),
  q: text({ min: 1, max: 1000, isBlankAllowed: false }).optional().openapi({
    description: 'Only posts with these words; "quoted phrases", OR and -excluded words are understood.',
  }),
  sort: z.enum(['newest', 'oldest']).default('newest').openapi({ description: 'Order of the posts.' }),
  ...pageParameters,
})

const Author = z
  .strictObject({
    id: z.uuid().openapi({ example: '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e' }),
    username: z.string().openapi({ example: 'ada.lovelace' }),
  })
  .openapi('Author', { description: 'Who wrote a post.' })

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })

const postFields = {
  id: z.int().positive().max(Number.MAX_SAFE_INTEGER).openapi({ format: 'int64', example: 1 }),
  title: z.string().openapi({ example: 'Hello, world' }),
  tags: z.array(z.string()).openapi({ example: ['news'] }),
  author: Author,
  created_at: Timestamp,
  updated_at: Timestamp,
}

export const Post = z
  .strictObject({ ...postFields, body: z.string().openapi({ example: 'My first post.' }), status: Status })
  .openapi('Post', { description: 'A post.' })
export type Post = z.output<typeof Post>

export const PostSummary = z
  .strictObject({
    ...postFields,
    excerpt: z.string().openapi({ description: 'How the body begins.', example: 'My first post.' }),
  })
  .openapi('PostSummary', { description: 'A post in a list, without its body.' })
export type PostSummary = z.output<typeof PostSummary>

/** A whole post. */
export function toPost(row: PostRow): Post {
  return {
    id: row.id,
    title: row.title,
    body: row.body,
    tags: row.tags,
    status: row.status,
    author: { id: row.authorId, username: row.authorName },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}

/** A post in a list. */
export function toPostSummary(row: SummaryRow): PostSummary {
  return {
    id: row.id,
    title: row.title,
    excerpt: row.excerpt,
    tags: row.tags,
    author: { id: row.authorId, username: row.authorName },
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
