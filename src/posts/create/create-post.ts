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
 * Adds a post. With an idempotency key it is added only once: one statement stores the key and the post.
 * @throws ApiError auth.token_invalid if the author's account was deleted, idempotency.key_reused
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
    if (before) return { row: fromStored(before as StoredPost), isReplay: true } // written by this module
    return createPost(db, { author, post, request }) // the key has expired and was deleted
  }
}

/**
 * A body with more characters gets its own statement: indexing its words takes milliseconds, and the batch would wait.
 */
const long = 10_000

async function insertOnce(db: Database, post: NewPost, request: IdempotentRequest): Promise<PostRow> {
  const [row] = await insertOnceQuery(db).execute({ ...numbered([post]), ...request })
  if (!row) throw new Error('INSERT … RETURNING returned nothing.')
  return row
}

/** Stores the post and the idempotency key in one statement. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(db.insert(posts).values(placeholders(0)).returning(changedColumns))
  const kept = db.$with('kept').as(rememberCreated(db, created))
  return db.with(created, kept).select().from(created).prepare('posts_insert_once')
})

/** A row in the JSON that `to_jsonb` writes. */
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
  /** Absent in rows that were stored before users had display names; `author_name` is then the username. */
  author_username?: string
  author_version: number
  created_at: string
  updated_at: string
  published_at: string | null
}

/** Reads the author of a stored post. Keys live for a day, so rows of the previous version of the service occur. */
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
