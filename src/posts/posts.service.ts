import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../api/context.ts'
import type { Database } from '../db/database.ts'
import { batch } from '../db/fast-path/batch.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { areMet, type Preconditions } from '../db/preconditions.ts'
import { ApiError } from '../errors/api-error.ts'
import { meetsPreconditions } from '../http/conditional.ts'
import type { UpdatePost } from './posts.schemas.ts'
import { type PostRow, type PostStatus, postRevisions, posts } from './posts.table.ts'
import { changedColumnsOf } from './search/derived-columns.ts'

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

/** The columns that a write returns: the post after the change, with its author. */
export const changedColumns = {
  ...postColumns,
  authorUsername: sql<string>`(select username from users where users.id = ${posts.authorId})`.as(
    'author_username',
  ),
  authorName: sql<string | null>`(select name from users where users.id = ${posts.authorId})`.as(
    'author_name',
  ),
  authorVersion: sql<number>`(select version from users where users.id = ${posts.authorId})`.as(
    'author_version',
  ),
}

/** Authors are read by separate queries: a generic plan with a join may read all accounts for a few posts. */
const readPostsQuery = prepared((db) =>
  db
    .select(changedColumns)
    .from(posts)
    .where(sql`${posts.id} = any(${sql.placeholder('ids')}::bigint[])`)
    .prepare('posts_read'),
)

/**
 * Reads a post by its id; undefined if it does not exist. Calls in the same tick share one query, and for the same id
 * also the row.
 */
const findPost = batch(async (db, ids: readonly number[]): Promise<(Readonly<PostRow> | undefined)[]> => {
  const found = await readPostsQuery(db).execute({ ids })
  const byId = new Map(found.map((post) => [post.id, post]))
  return ids.map((id) => byId.get(id))
})

/** Reads a post that this user may see. @throws ApiError posts.not_found */
export async function readPost(
  db: Database,
  { id, reader }: { id: number; reader: CurrentUser },
): Promise<Readonly<PostRow>> {
  const post = await findPost(db, id)
  if (!post || (post.status === 'draft' && !mayChange(reader, post))) throw new ApiError('posts.not_found')
  return post
}

export interface ChangePost {
  id: number
  user: CurrentUser
  preconditions: Preconditions
}

/** The versions in the ETag of a post. If-Match compares only the first one. */
export function versionsOf(post: PostRow): number[] {
  return [post.version, post.authorVersion, post.commentCount]
}

/**
 * Changes a post and stores its previous version as a revision, in one statement. A change to the same values writes
 * nothing.
 * @throws ApiError posts.not_found, auth.forbidden, precondition.failed
 */
export async function updatePost(
  db: Database,
  change: ChangePost & { changes: UpdatePost },
  isLastAttempt = false,
): Promise<PostRow> {
  const { id, user, changes } = change
  const isOther = otherThan(changes)
  if (!isOther) return unchangedPost(db, change)
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
        ...changedColumnsOf(changes),
        ...(changes.status === 'published' && { publishedAt: sql`coalesce(${posts.publishedAt}, now())` }),
        version: sql`${posts.version} + 1`,
        updatedAt: sql`now()`,
      })
      .from(old)
      .where(and(eq(posts.id, old.id), changeable(change), isOther))
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
  if (row) return row
  const post = await unchangedPost(db, change)
  const isSame = Object.entries(changes).every(
    ([name, value]) =>
      value === undefined || JSON.stringify(value) === JSON.stringify(post[name as keyof UpdatePost]),
  )
  // Someone changed the post after the UPDATE ran: try once more on its present state.
  return isSame || isLastAttempt ? post : updatePost(db, change, true)
}

/** True for a post that these changes would change; undefined if there are no changes. */
function otherThan({ title, body, tags, status }: UpdatePost): SQL | undefined {
  return or(
    title === undefined ? undefined : ne(posts.title, title),
    body === undefined ? undefined : ne(posts.body, body),
    tags === undefined ? undefined : ne(posts.tags, tags),
    status === undefined ? undefined : ne(posts.status, status),
  )
}

/** Deletes a post with its revisions and comments. @throws as updatePost */
export async function deletePost(db: Database, change: ChangePost): Promise<void> {
  const [row] = await db.delete(posts).where(changeable(change)).returning({ id: posts.id })
  if (row) return
  await unchangedPost(db, change)
  throw new ApiError('precondition.failed') // the DELETE saw another version of the post
}

/** Handles a PATCH without changes: checks permission and preconditions, and returns the post. */
async function unchangedPost(db: Database, { id, user, preconditions }: ChangePost): Promise<PostRow> {
  const post = await readPost(db, { id, reader: user })
  if (!mayChange(user, post)) throw new ApiError('auth.forbidden')
  if (!meetsPreconditions(preconditions, versionsOf(post))) throw new ApiError('precondition.failed')
  return post
}

/** These conditions are part of the statement: between a separate check and the write, others could change the post. */
function changeable({ id, user, preconditions }: ChangePost): SQL | undefined {
  const authorVersion = sql`(select version from users where users.id = ${posts.authorId})`
  return and(
    eq(posts.id, id),
    user.role === 'admin' ? undefined : eq(posts.authorId, user.id),
    areMet(preconditions, [posts.version, authorVersion, posts.commentCount]),
  )
}

/** Authors and admins may change a post and see its drafts and revisions. */
export function mayChange(user: CurrentUser, post: { authorId: string }): boolean {
  return user.role === 'admin' || user.id === post.authorId
}
