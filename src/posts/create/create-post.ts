import type { CurrentUser } from '../../api/context.ts'
import type { IdempotentRequest } from '../../api/idempotency.ts'
import type { Database } from '../../db/database.ts'
import { violatedConstraint } from '../../db/errors.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { toInstant } from '../../db/instant.ts'
import { ApiError } from '../../errors/api-error.ts'
import { createdBefore, isKeyTaken, rememberCreated } from '../../idempotency/idempotency.service.ts'
import type { CreatePost } from '../posts.schemas.ts'
import { changedColumns } from '../posts.service.ts'
import { type PostRow, type PostStatus, posts } from '../posts.table.ts'
import { insertAlone, insertTogether, type NewPost, numbered, placeholders } from './insert-posts.ts'

interface Creation {
  author: CurrentUser
  post: CreatePost
  request?: IdempotentRequest | undefined
}

/**
 * Adds a post, once for each idempotency key: key and post are stored by one statement, both or neither.
 * @throws ApiError auth.token_invalid if the author's account is gone, idempotency.key_reused
 */
export async function createPost(
  db: Database,
  { author, post, request }: Creation,
): Promise<{ row: PostRow; isReplay: boolean }> {
  const { title, body, tags = [], status = 'published' } = post
  const insert = body.length > long ? insertAlone : insertTogether
  const values = { authorId: author.id, title, body, tags, status }
  try {
    return {
      row: request ? await insertOnce(db, values, request) : await insert(db, values),
      isReplay: false,
    }
  } catch (error) {
    if (violatedConstraint(error) === 'posts_author_id_users_id_fk') throw new ApiError('auth.token_invalid')
    if (!request || !isKeyTaken(error)) throw error
    const before = await createdBefore(db, request)
    if (before) return { row: fromStored(before as StoredPost), isReplay: true } // stored below
    return createPost(db, { author, post, request }) // it had expired: the key is free again
  }
}

/** Characters of a body above which it is worth a statement of its own: indexing its words takes milliseconds. */
const long = 10_000

async function insertOnce(db: Database, post: NewPost, request: IdempotentRequest): Promise<PostRow> {
  const [row] = await insertOnceQuery(db).execute({ ...numbered([post]), ...request })
  if (!row) throw new Error('INSERT … RETURNING returned nothing.')
  return row
}

/** The statement that also stores the key, with what was created. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(db.insert(posts).values(placeholders(0)).returning(changedColumns))
  const kept = db.$with('kept').as(rememberCreated(db, created))
  return db.with(created, kept).select().from(created).prepare('posts_insert_once')
})

/** A row as `to_jsonb` writes it. */
interface StoredPost {
  id: number
  title: string
  body: string
  tags: string[]
  status: PostStatus
  version: number
  comment_count: number
  author_id: string
  author_name: string | null
  /** Absent in what was stored before users had names to show; then \`author_name\` is the username. */
  author_username?: string
  author_version: number
  created_at: string
  updated_at: string
  published_at: string | null
}

/** Keys are kept for a day, and those of the version before must still be answered. */
export function authorFromStored({ author_username: username, author_name: name }: StoredAuthor) {
  return username === undefined
    ? { authorUsername: name ?? '', authorName: null }
    : { authorUsername: username, authorName: name }
}

interface StoredAuthor {
  author_name: string | null
  author_username?: string
}

function fromStored(stored: StoredPost): PostRow {
  return {
    id: stored.id,
    title: stored.title,
    body: stored.body,
    tags: stored.tags,
    status: stored.status,
    version: stored.version,
    commentCount: stored.comment_count,
    authorId: stored.author_id,
    ...authorFromStored(stored),
    authorVersion: stored.author_version,
    createdAt: toInstant(stored.created_at),
    updatedAt: toInstant(stored.updated_at),
    publishedAt: stored.published_at === null ? null : toInstant(stored.published_at),
  }
}
