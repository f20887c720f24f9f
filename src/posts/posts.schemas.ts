import { z } from '@hono/zod-openapi'
import { pageParameters } from '../api/pagination.ts'
import { count, dateTime, demoUserId, numericId, output, time, uuid } from '../http/fields.ts'
import { idParameter, repeatable } from '../http/parameters.ts'
import { fieldsParameter } from '../http/sparse.ts'
import { textField } from '../http/text.ts'
import { tagKey } from '../text/tag-key.ts'
import { canonicalUsername, trimmed } from '../text/usernames.ts'
import { displayName, username } from '../users/users.schemas.ts'
import { markedExcerpt } from './excerpt.ts'
import { type SummaryRow, sorts } from './list/list-posts.ts'
import { type PostRow, postStatuses } from './posts.table.ts'
import { wantedTexts } from './search/search-query.ts'

/** The `id` of a post in a path, also for its comments and revisions. */
export const PostParameter = idParameter('Id of the post.')

export const Title = textField({ min: 1, max: 200, isBlankAllowed: false, kind: 'line' }).openapi({
  description: 'What it is about, in a line.',
  example: 'Hello, world',
})
export const Body = textField({ min: 1, max: 100_000, isBlankAllowed: false, kind: 'body' }).openapi({
  description: 'The text.',
  example: 'My first post.',
})
const Tag = textField({ min: 1, max: 32, isBlankAllowed: false, kind: 'line', trim: 'all' }).openapi({
  description: 'A tag.',
  example: 'news',
})
// No examples for optional parameters: the page at /docs would send them with every request.
const TagFilter = textField({ min: 1, max: 32, isBlankAllowed: false, trim: 'all' })
export const Tags = z
  .array(Tag)
  .max(10)
  .transform(withoutRepetition)
  .openapi({
    description:
      'Tags; case and width make no difference, and the same one twice counts once, as it was written first.',
    minItems: 0,
    example: ['news'],
  })

/** Keeps the first of several tags that have the same key. */
function withoutRepetition(tags: string[]): string[] {
  const byKey = new Map(tags.toReversed().map((tag) => [tagKey(tag), tag] as const))
  return tags.filter((tag, place) => byKey.get(tagKey(tag)) === tag && tags.indexOf(tag) === place)
}

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

export const ListPosts = z
  .strictObject({
    author: textField({ min: 1, max: 128 })
      .overwrite((author) => canonicalUsername(trimmed(author)))
      .optional()
      .openapi({ description: 'Only posts of this user: id or username.' }),
    tag: repeatable(TagFilter, 10).openapi({
      description:
        'Only posts with this tag, in whatever case and width; repeat it for posts with all of several tags.',
    }),
    q: textField({ min: 1, max: 1000, isBlankAllowed: false }).optional().openapi({
      description:
        'Only posts with these words in title, text or tags, whatever their case, width and accents; "quoted phrases", OR and -excluded words are understood. Parts of addresses and names count (`vue` is in Vue.js), C++, emoji and #tags are words. Words of Korean, Japanese, Chinese and Thai are also found inside of longer ones.',
    }),
    created_after: time('Only posts made at or after this time.').optional(),
    created_before: time('Only posts made before this time.').optional(),
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
    id: uuid('Id of the user.', demoUserId),
    username: username('Name that the user logs in with.'),
    name: displayName,
  })
  .openapi('Author', { description: 'Who wrote something.' })

const notBlank = '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$'
export const titleOutput = output('What it is about, in a line.', {
  min: 1,
  max: 200,
  pattern: notBlank,
  example: 'Hello, world',
})
export const bodyOutput = output('The text.', {
  min: 1,
  max: 100_000,
  pattern: notBlank,
  example: 'My first post.',
})
export const tagsOutput = z
  .array(output('A tag.', { min: 1, max: 32, pattern: notBlank, example: 'news' }))
  .openapi({ description: 'Its tags.', minItems: 0, maxItems: 10, example: ['news'] })

const postFields = {
  id: numericId('Id of the post.'),
  title: titleOutput,
  tags: tagsOutput,
  status: Status,
  author: Author,
  comment_count: count('How many comments it has.', 0),
  created_at: dateTime('When it was written.'),
  updated_at: dateTime('When it was last changed.'),
  published_at: dateTime('When it was published first; null for a draft that never was.').nullable(),
}

export const Post = z
  .strictObject({ ...postFields, body: bodyOutput })
  .openapi('Post', { description: 'A post.' })
export type Post = z.output<typeof Post>

export const PostSummary = z
  .strictObject({
    ...postFields,
    excerpt: output(
      'How the body begins; with `q` the text around the first hit, hits between `<mark>` and `</mark>`. Plain text, not HTML: escape it before you show it.',
      { max: 3000, example: 'My first post.' }, // 200 characters, each of which may be marked
    ),
  })
  .openapi('PostSummary', { description: 'A post in a list, without its body.' })
export type PostSummary = z.output<typeof PostSummary>

/** Converts a row to the response. It names every field, so that no other column can be sent. */
export function toPost(row: PostRow): Post {
  return { ...postPart(row), body: row.body }
}

/** Converts a row of a list; `q` is the search text. */
export function toPostSummary(row: SummaryRow, q?: string): PostSummary {
  const excerpt =
    q === undefined || row.hit === undefined ? row.excerpt : markedExcerpt(row.hit, wantedTexts(q))
  return { ...postPart(row), excerpt }
}

function postPart(row: PostRow | SummaryRow): Omit<Post, 'body'> {
  return {
    id: row.id,
    title: row.title,
    tags: row.tags,
    status: row.status,
    author: { id: row.authorId, username: row.authorUsername, name: row.authorName },
    comment_count: row.commentCount,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    published_at: row.publishedAt,
  }
}
