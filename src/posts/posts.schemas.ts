import { z } from '@hono/zod-openapi'
import { pageParameters } from '../http/pagination.ts'
import { repeatable } from '../http/parameters.ts'
import { fieldsParameter } from '../http/sparse.ts'
import { text } from '../http/text.ts'
import { markedExcerpt } from './excerpt.ts'
import { type SummaryRow, sorts } from './posts.lists.ts'
import type { PostRow } from './posts.service.ts'
import { postStatuses } from './posts.table.ts'
import { searchWords } from './search-query.ts'

export const Title = text({ min: 1, max: 200, isBlankAllowed: false }).openapi({ example: 'Hello, world' })
export const Body = text({ min: 1, max: 100_000, isBlankAllowed: false }).openapi({
  example: 'My first post.',
})
const Tag = text({ min: 1, max: 32, isBlankAllowed: false }).openapi({ example: 'news' })
// Examples of optional parameters would be sent by everybody who tries them out at /docs.
const TagFilter = text({ min: 1, max: 32, isBlankAllowed: false })
export const Tags = z
  .array(Tag)
  .max(10)
  .transform((tags) => [...new Set(tags)])
  .openapi({ description: 'Tags; the same one twice counts once.', example: ['news'] })
export const Status = z
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

const Time = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value).toISOString())
  .optional()

export const ListPosts = z
  .strictObject({
    author: text({ min: 1, max: 36 })
      .toLowerCase()
      .optional()
      .openapi({ description: 'Only posts of this user: id or username.' }),
    tag: repeatable(TagFilter, 10).openapi({
      description: 'Only posts with this tag; repeat it for posts with all of several tags.',
    }),
    q: text({ min: 1, max: 1000, isBlankAllowed: false }).optional().openapi({
      description:
        'Only posts with these words; "quoted phrases", OR and -excluded words are understood. Words of Korean, Japanese, Chinese and Thai are also found inside of longer ones.',
    }),
    created_after: Time.openapi({
      format: 'date-time',
      description: 'Only posts made at or after this time.',
    }),
    created_before: Time.openapi({ format: 'date-time', description: 'Only posts made before this time.' }),
    sort: z.enum(sorts).default('newest').openapi({
      description:
        'Order of the posts. `newest` and `oldest` go by when they were published; `relevance` needs `q` and ranks its 200 newest hits.',
    }),
    ...fieldsParameter,
    ...pageParameters,
  })
  .refine((query) => query.sort !== 'relevance' || query.q !== undefined, {
    path: ['sort'],
    error: 'Needs q: without words there is nothing to be relevant to.',
    params: { code: 'needs_q' },
  })

export const ListOwnPosts = z.strictObject({
  status: z.enum(postStatuses).optional().openapi({ description: 'Only drafts, or only what is published.' }),
  ...pageParameters,
})

export const Author = z
  .strictObject({
    id: z.uuid().openapi({ example: '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e' }),
    username: z.string().openapi({ example: 'ada.lovelace' }),
  })
  .openapi('Author', { description: 'Who wrote something.' })

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })

const postFields = {
  id: z.int().positive().openapi({ format: 'int64', example: 1 }),
  title: z.string().openapi({ example: 'Hello, world' }),
  tags: z.array(z.string()).openapi({ example: ['news'] }),
  status: Status,
  author: Author,
  comment_count: z.int().min(0).openapi({ example: 0 }),
  created_at: Timestamp,
  updated_at: Timestamp,
  published_at: Timestamp.nullable().openapi({
    description: 'When it was published first; null for a draft that never was.',
    example: '2026-11-21T09:30:00.000Z',
  }),
}

export const Post = z
  .strictObject({ ...postFields, body: z.string().openapi({ example: 'My first post.' }) })
  .openapi('Post', { description: 'A post.' })
export type Post = z.output<typeof Post>

export const PostSummary = z
  .strictObject({
    ...postFields,
    excerpt: z.string().openapi({
      description:
        'How the body begins; with `q` the text around the first hit, hits between `<mark>` and `</mark>`. Plain text, not HTML: escape it before you show it.',
      example: 'My first post.',
    }),
  })
  .openapi('PostSummary', { description: 'A post in a list, without its body.' })
export type PostSummary = z.output<typeof PostSummary>

/** A whole post. */
export function toPost(row: PostRow): Post {
  return { ...postPart(row), body: row.body }
}

/** A post in a list; `q` is what was searched for. */
export function toPostSummary(row: SummaryRow, q?: string): PostSummary {
  const excerpt =
    q === undefined || row.hit === undefined ? row.excerpt : markedExcerpt(row.hit, searchWords(q))
  return { ...postPart(row), excerpt }
}

function postPart(row: PostRow | SummaryRow): Omit<Post, 'body'> {
  return {
    id: row.id,
    title: row.title,
    tags: row.tags,
    status: row.status,
    author: { id: row.authorId, username: row.authorName },
    comment_count: row.commentCount,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    published_at: row.publishedAt,
  }
}
