import { and, asc, eq, exists, gt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../api/context.ts'
import type { IdempotentRequest } from '../api/idempotency.ts'
import type { Database } from '../db/database.ts'
import { hasSqlState, violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { areMet, type Preconditions } from '../db/preconditions.ts'
import { ApiError } from '../errors/api-error.ts'
import { meetsPreconditions } from '../http/conditional.ts'
import { createdBefore, isKeyTaken, rememberCreated } from '../idempotency/idempotency.service.ts'
import { authorFromStored } from '../posts/create/create-post.ts'
import { readPost } from '../posts/posts.service.ts'
import { posts } from '../posts/posts.table.ts'
import { users } from '../users/users.table.ts'
import { comments } from './comments.table.ts'

export type CommentRow = typeof comments.$inferSelect & {
  authorUsername: string
  authorName: string | null
  authorVersion: number
}

/** The versions in the ETag of a comment. The author's version is one of them, since the author's name is shown. */
export function versionsOf(comment: Pick<CommentRow, 'version' | 'authorVersion'>): number[] {
  return [comment.version, comment.authorVersion]
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
  /** Id of the last comment of the previous page. */
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
 * Adds a comment. With an idempotency key it is added only once.
 * @throws ApiError posts.not_found, auth.token_invalid if the author's account was deleted, idempotency.key_reused
 */
export async function createComment(
  db: Database,
  comment: NewComment,
): Promise<{ row: CommentRow; isReplay: boolean }> {
  const { postId, author, body, request } = comment
  const values = { postId, authorId: author.id, isAdmin: author.role === 'admin', body }
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
    if (before) return { row: fromStored(before as StoredComment), isReplay: true } // written by this module
    return createComment(db, comment) // the key has expired and was deleted
  }
}

/** The INSERT itself looks for the post: the post may become a draft, invisible to this author, at any time. */
function insertComment(db: Database) {
  const authorId = sql`${sql.placeholder('authorId')}::uuid`
  const visiblePost = db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        sql`${posts.id} = ${sql.placeholder('postId')}`,
        sql`(${posts.status} = 'published' or ${posts.authorId} = ${authorId} or ${sql.placeholder('isAdmin')}::boolean)`,
      ),
    )
  return db
    .insert(comments)
    .values({ postId: sql`(${visiblePost})`, authorId, body: sql.placeholder('body') })
    .returning(writtenColumns)
}

const insertQuery = prepared((db) => insertComment(db).prepare('comments_insert'))

/** Stores the comment and the idempotency key in one statement. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(insertComment(db))
  const kept = db.$with('kept').as(rememberCreated(db, created))
  return db.with(created, kept).select().from(created).prepare('comments_insert_once')
})

/** A row in the JSON that `to_jsonb` writes. */
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
  preconditions: Preconditions
}

/**
 * Changes a comment, for its author and for admins. A change to the same text writes nothing.
 * @throws ApiError …not_found, auth.forbidden, precondition.failed
 */
export async function updateComment(
  db: Database,
  change: ChangeComment & { body: string },
  isLastAttempt = false,
): Promise<CommentRow> {
  const { user, body } = change
  const isAllowed = user.role === 'admin' ? undefined : eq(comments.authorId, user.id)
  const [row] = await db
    .update(comments)
    .set({ body, version: sql`${comments.version} + 1`, updatedAt: sql`now()` })
    .where(and(isThis(change), isAllowed, postIsVisible(db, change), ne(comments.body, body)))
    .returning(writtenColumns)
  if (row) return row
  const isOwn = ({ authorId }: CommentRow) => user.role === 'admin' || authorId === user.id
  const comment = await unchangedComment(db, change, isOwn)
  // Someone changed the comment after the UPDATE ran: try once more on its present state.
  return comment.body === body || isLastAttempt ? comment : updateComment(db, change, true)
}

/** Deletes a comment; for its author, the post's author and admins. @throws as updateComment */
export async function deleteComment(db: Database, change: ChangeComment): Promise<void> {
  const { user, postId } = change
  const post = await readPost(db, { id: postId, reader: user })
  const isOwnPost = user.role === 'admin' || post.authorId === user.id
  const [row] = await db
    .delete(comments)
    .where(
      and(isThis(change), isOwnPost ? undefined : eq(comments.authorId, user.id), postIsVisible(db, change)),
    )
    .returning({ id: comments.id })
  if (row) return
  await unchangedComment(db, change, ({ authorId }) => isOwnPost || authorId === user.id)
  throw new ApiError('precondition.failed') // the DELETE saw another version of the comment
}

function postIsVisible(db: Database, { postId, user }: ChangeComment): SQL {
  const isVisible = or(
    eq(posts.status, 'published'),
    eq(posts.authorId, user.id),
    sql`${user.role === 'admin'}`,
  )
  return exists(
    db
      .select({ id: posts.id })
      .from(posts)
      .where(and(eq(posts.id, postId), isVisible)),
  )
}

function isThis({ postId, id, preconditions }: ChangeComment): SQL | undefined {
  const authorVersion = sql`(select version from users where users.id = ${comments.authorId})`
  return and(
    eq(comments.id, id),
    eq(comments.postId, postId),
    areMet(preconditions, [comments.version, authorVersion]),
  )
}

/** The comment in its present state, if this user may change this version. @throws as updateComment */
async function unchangedComment(
  db: Database,
  { postId, id, user, preconditions }: ChangeComment,
  isAllowed: (comment: CommentRow) => boolean,
): Promise<CommentRow> {
  await readPost(db, { id: postId, reader: user })
  const [comment] = await db
    .select(writtenColumns)
    .from(comments)
    .where(and(eq(comments.id, id), eq(comments.postId, postId)))
  if (!comment) throw new ApiError('comments.not_found')
  if (!isAllowed(comment)) throw new ApiError('auth.forbidden')
  if (!meetsPreconditions(preconditions, versionsOf(comment))) throw new ApiError('precondition.failed')
  return comment
}

function refuseGone(error: unknown): void {
  const constraint = violatedConstraint(error)
  if (constraint === 'comments_author_id_users_id_fk') throw new ApiError('auth.token_invalid')
  if (constraint === 'comments_post_id_posts_id_fk' || hasSqlState(error, '23502'))
    throw new ApiError('posts.not_found')
}
