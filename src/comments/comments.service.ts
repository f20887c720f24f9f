import { and, asc, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../context.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import {
  createdBefore,
  type IdempotentRequest,
  isKeyTaken,
  rememberCreated,
} from '../idempotency/idempotency.service.ts'
import { authorFromStored } from '../posts/posts.creation.ts'
import { readPost } from '../posts/posts.service.ts'
import { users } from '../users/users.table.ts'
import { comments } from './comments.table.ts'

export type CommentRow = typeof comments.$inferSelect & {
  authorUsername: string
  authorName: string | null
  authorVersion: number
}

const writtenColumns = {
  id: comments.id,
  postId: comments.postId,
  authorId: comments.authorId,
  body: comments.body,
  version: comments.version,
  createdAt: comments.createdAt,
  updatedAt: comments.updatedAt,
  authorUsername: sql<string>`(select username from users where users.id = ${comments.authorId})`.as(
    'author_username',
  ),
  authorName: sql<string | null>`(select name from users where users.id = ${comments.authorId})`.as(
    'author_name',
  ),
  authorVersion: sql<number>`(select version from users where users.id = ${comments.authorId})`.as(
    'author_version',
  ),
}

interface ListComments {
  postId: number
  reader: CurrentUser
  /** Id of the last comment of the page before. */
  after: number | undefined
  limit: number
}

/** The comments on a post, oldest first. @throws ApiError posts.not_found */
export async function listComments(db: Database, { postId, reader, after, limit }: ListComments) {
  await readPost(db, { id: postId, reader })
  return db
    .select({
      ...writtenColumns,
      authorUsername: users.username,
      authorName: users.name,
      authorVersion: users.version,
    })
    .from(comments)
    .innerJoin(users, eq(users.id, comments.authorId))
    .where(and(eq(comments.postId, postId), after === undefined ? undefined : gt(comments.id, after)))
    .orderBy(asc(comments.id))
    .limit(limit)
}

interface NewComment {
  postId: number
  author: CurrentUser
  body: string
  request?: IdempotentRequest | undefined
}

/**
 * Adds a comment, once for each idempotency key.
 * @throws ApiError posts.not_found, auth.token_invalid if the author's account is gone, idempotency.key_reused
 */
export async function createComment(
  db: Database,
  comment: NewComment,
): Promise<{ row: CommentRow; isReplay: boolean }> {
  const { postId, author, body, request } = comment
  await readPost(db, { id: postId, reader: author })
  const values = { postId, authorId: author.id, body }
  try {
    const [row] = request
      ? await insertOnceQuery(db).execute({ ...values, ...request })
      : await insertQuery(db).execute(values)
    if (!row) throw new Error('INSERT … RETURNING returned nothing.')
    return { row, isReplay: false }
  } catch (error) {
    refuseGone(error)
    if (!request || !isKeyTaken(error)) throw error
    const before = await createdBefore(db, request)
    if (before) return { row: fromStored(before as StoredComment), isReplay: true } // stored below
    return createComment(db, comment) // it had expired: the key is free again
  }
}

function insertComment(db: Database) {
  return db
    .insert(comments)
    .values({
      postId: sql.placeholder('postId'),
      authorId: sql.placeholder('authorId'),
      body: sql.placeholder('body'),
    })
    .returning(writtenColumns)
}

const insertQuery = prepared((db) => insertComment(db).prepare('comments_insert'))

/** The statement that also stores the key, with what was created. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(insertComment(db))
  const kept = db.$with('kept').as(rememberCreated(db, created))
  return db.with(created, kept).select().from(created).prepare('comments_insert_once')
})

/** A row as `to_jsonb` writes it. */
interface StoredComment {
  id: number
  post_id: number
  author_id: string
  author_name: string | null
  author_username?: string
  author_version: number
  body: string
  version: number
  created_at: string
  updated_at: string
}

function fromStored(stored: StoredComment): CommentRow {
  return {
    id: stored.id,
    postId: stored.post_id,
    authorId: stored.author_id,
    ...authorFromStored(stored),
    authorVersion: stored.author_version,
    body: stored.body,
    version: stored.version,
    createdAt: new Date(stored.created_at),
    updatedAt: new Date(stored.updated_at),
  }
}

interface ChangeComment {
  postId: number
  id: number
  user: CurrentUser
  /** Versions that the client allows to be changed; any if absent. */
  versions: number[] | undefined
}

/** Changes a comment; for its author and admins. @throws ApiError …not_found, auth.forbidden, precondition.failed */
export async function updateComment(db: Database, change: ChangeComment & { body: string }) {
  const { user, body } = change
  const isAllowed = user.role === 'admin' ? undefined : eq(comments.authorId, user.id)
  const [row] = await db
    .update(comments)
    .set({ body, version: sql`${comments.version} + 1`, updatedAt: sql`now()` })
    .where(and(isThis(change), isAllowed))
    .returning(writtenColumns)
  return row ?? refuseChange(db, change, ({ authorId }) => user.role === 'admin' || authorId === user.id)
}

/** Deletes a comment; for its author, the post's author and admins. @throws as updateComment */
export async function deleteComment(db: Database, change: ChangeComment): Promise<void> {
  const { user, postId } = change
  const post = await readPost(db, { id: postId, reader: user })
  const isOwnPost = user.role === 'admin' || post.authorId === user.id
  const [row] = await db
    .delete(comments)
    .where(and(isThis(change), isOwnPost ? undefined : eq(comments.authorId, user.id)))
    .returning({ id: comments.id })
  if (!row) await refuseChange(db, change, ({ authorId }) => isOwnPost || authorId === user.id)
}

function isThis({ postId, id, versions }: ChangeComment): SQL | undefined {
  return and(
    eq(comments.id, id),
    eq(comments.postId, postId),
    versions && (versions.length > 0 ? inArray(comments.version, versions) : sql`false`),
  )
}

/** Finds out why nothing was changed. */
async function refuseChange(
  db: Database,
  { postId, id, user }: ChangeComment,
  isAllowed: (comment: { authorId: string }) => boolean,
): Promise<never> {
  await readPost(db, { id: postId, reader: user })
  const [comment] = await db
    .select({ authorId: comments.authorId })
    .from(comments)
    .where(and(eq(comments.id, id), eq(comments.postId, postId)))
  if (!comment) throw new ApiError('comments.not_found')
  throw new ApiError(isAllowed(comment) ? 'precondition.failed' : 'auth.forbidden')
}

function refuseGone(error: unknown): void {
  const constraint = violatedConstraint(error)
  if (constraint === 'comments_author_id_users_id_fk') throw new ApiError('auth.token_invalid')
  if (constraint === 'comments_post_id_posts_id_fk') throw new ApiError('posts.not_found')
}
