import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../context.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { toInstant } from '../db/instant.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import {
  createdBefore,
  type IdempotentRequest,
  isKeyTaken,
  rememberCreated,
} from '../idempotency/idempotency.service.ts'
import { users } from '../users/users.table.ts'
import type { CreatePost, UpdatePost } from './posts.schemas.ts'
import { type PostStatus, postRevisions, posts } from './posts.table.ts'

const postColumns = {
  id: posts.id,
  title: posts.title,
  body: posts.body,
  tags: posts.tags,
  status: posts.status,
  version: posts.version,
  commentCount: posts.commentCount,
  authorId: posts.authorId,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
  publishedAt: posts.publishedAt,
}

/** What a write returns: the post as it is now, with its author. */
const changedColumns = {
  ...postColumns,
  authorName: sql<string>`(select username from users where users.id = ${posts.authorId})`.as('author_name'),
  authorVersion: sql<number>`(select version from users where users.id = ${posts.authorId})`.as(
    'author_version',
  ),
}

export type PostRow = Omit<typeof posts.$inferSelect, 'search' | 'excerpt'> & {
  authorName: string
  authorVersion: number
}

const readPostQuery = prepared((db) =>
  db
    .select({ ...postColumns, authorName: users.username, authorVersion: users.version })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(eq(posts.id, sql.placeholder('id')))
    .prepare('posts_read'),
)

/** One post, as far as this user may see it. @throws ApiError posts.not_found */
export async function readPost(
  db: Database,
  { id, reader }: { id: number; reader: CurrentUser },
): Promise<PostRow> {
  const [post] = await readPostQuery(db).execute({ id })
  if (!post || (post.status === 'draft' && !mayChange(reader, post))) throw new ApiError('posts.not_found')
  return post
}

interface NewPost {
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
  { author, post, request }: NewPost,
): Promise<{ row: PostRow; isReplay: boolean }> {
  const { title, body, tags = [], status = 'published' } = post
  const values = { authorId: author.id, title, body, tags, status }
  try {
    const [row] = request
      ? await insertOnceQuery(db).execute({ ...values, ...request })
      : await insertQuery(db).execute(values)
    if (!row) throw new Error('INSERT … RETURNING returned nothing.')
    return { row, isReplay: false }
  } catch (error) {
    if (violatedConstraint(error) === 'posts_author_id_users_id_fk') throw new ApiError('auth.token_invalid')
    if (!request || !isKeyTaken(error)) throw error
    const before = await createdBefore(db, request)
    if (before) return { row: fromStored(before as StoredPost), isReplay: true } // stored below
    return createPost(db, { author, post, request }) // it had expired: the key is free again
  }
}

function insertPost(db: Database) {
  const status = sql.placeholder('status')
  return db
    .insert(posts)
    .values({
      authorId: sql.placeholder('authorId'),
      title: sql.placeholder('title'),
      body: sql.placeholder('body'),
      tags: sql.placeholder('tags'),
      status,
      publishedAt: sql`case when ${status}::text = 'published' then now() end`,
    })
    .returning(changedColumns)
}

const insertQuery = prepared((db) => insertPost(db).prepare('posts_insert'))

/** The statement that also stores the key, with what was created. */
const insertOnceQuery = prepared((db) => {
  const created = db.$with('created').as(insertPost(db))
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
  author_name: string
  author_version: number
  created_at: string
  updated_at: string
  published_at: string | null
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
    authorName: stored.author_name,
    authorVersion: stored.author_version,
    createdAt: toInstant(stored.created_at),
    updatedAt: toInstant(stored.updated_at),
    publishedAt: stored.published_at === null ? null : toInstant(stored.published_at),
  }
}

export interface ChangePost {
  id: number
  user: CurrentUser
  /** Versions that the client allows to be changed; any if absent. */
  versions: number[] | undefined
}

/**
 * Changes a post and keeps what it was as a revision, in one statement.
 * @throws ApiError posts.not_found, auth.forbidden, precondition.failed
 */
export async function updatePost(
  db: Database,
  change: ChangePost & { changes: UpdatePost },
): Promise<PostRow> {
  const { id, user, versions, changes } = change
  if (Object.values(changes).every((value) => value === undefined)) return unchangedPost(db, change)
  const old = db
    .select({
      id: posts.id,
      number: sql<number>`${posts.version}`.as('old_number'),
      title: sql<string>`${posts.title}`.as('old_title'),
      body: sql<string>`${posts.body}`.as('old_body'),
      tags: sql<string[]>`${posts.tags}`.as('old_tags'),
      status: sql<PostStatus>`${posts.status}`.as('old_status'),
      writtenAt: sql<Date>`${posts.updatedAt}`.as('old_written_at'),
    })
    .from(posts)
    .where(eq(posts.id, id))
    .for('update')
    .as('old')
  const changed = db.$with('changed').as(
    db
      .update(posts)
      .set({
        ...changes,
        ...(changes.status === 'published' && { publishedAt: sql`coalesce(${posts.publishedAt}, now())` }),
        version: sql`${posts.version} + 1`,
        updatedAt: sql`now()`,
      })
      .from(old)
      .where(and(eq(posts.id, old.id), changeable({ id, user, versions })))
      .returning({
        ...changedColumns,
        oldNumber: old.number,
        oldTitle: old.title,
        oldBody: old.body,
        oldTags: old.tags,
        oldStatus: old.status,
        oldWrittenAt: old.writtenAt,
      }),
  )
  const kept = db.$with('kept').as(
    db
      .insert(postRevisions)
      .select(
        db
          .select({
            postId: changed.id,
            number: changed.oldNumber,
            title: changed.oldTitle,
            body: changed.oldBody,
            tags: changed.oldTags,
            status: changed.oldStatus,
            writtenAt: changed.oldWrittenAt,
            replacedAt: sql`now()`.as('replaced_at'),
            replacedBy: sql`(select id from users where id = ${user.id})`.as('replaced_by'),
          })
          .from(changed),
      )
      .returning({ number: postRevisions.number }),
  )
  const [row] = await db.with(changed, kept).select().from(changed)
  return row ?? refuseChange(db, change)
}

/** Deletes a post with its revisions and comments. @throws as updatePost */
export async function deletePost(db: Database, change: ChangePost): Promise<void> {
  const [row] = await db.delete(posts).where(changeable(change)).returning({ id: posts.id })
  if (!row) await refuseChange(db, change)
}

/** A change of nothing: what may be refused is refused, and the post stays as it is. */
async function unchangedPost(db: Database, { id, user, versions }: ChangePost): Promise<PostRow> {
  const post = await readPost(db, { id, reader: user })
  if (!mayChange(user, post)) throw new ApiError('auth.forbidden')
  if (versions && !versions.includes(post.version)) throw new ApiError('precondition.failed')
  return post
}

/** The conditions stand in the statement itself: between a check and a write others could change the post. */
function changeable({ id, user, versions }: ChangePost): SQL | undefined {
  return and(
    eq(posts.id, id),
    user.role === 'admin' ? undefined : eq(posts.authorId, user.id),
    versions && (versions.length > 0 ? inArray(posts.version, versions) : sql`false`),
  )
}

/** Finds out why nothing was changed. */
async function refuseChange(db: Database, { id, user }: ChangePost): Promise<never> {
  const post = await readPost(db, { id, reader: user })
  throw new ApiError(mayChange(user, post) ? 'precondition.failed' : 'auth.forbidden')
}

/** Authors and admins may change a post and see its drafts and revisions. */
export function mayChange(user: CurrentUser, post: { authorId: string }): boolean {
  return user.role === 'admin' || user.id === post.authorId
}
