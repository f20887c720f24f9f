import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../context.ts'
import { batched } from '../db/batched.ts'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import { users } from '../users/users.table.ts'
import type { UpdatePost } from './posts.schemas.ts'
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

export type PostRow = Omit<typeof posts.$inferSelect, 'search' | 'excerpt' | 'tagKeys'> & {
  authorUsername: string
  /** What the author chose to be shown as. */
  authorName: string | null
  authorVersion: number
}

const readPostsQuery = prepared((db) =>
  db
    .select({
      ...postColumns,
      authorUsername: users.username,
      authorName: users.name,
      authorVersion: users.version,
    })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(sql`${posts.id} = any(${sql.placeholder('ids')}::bigint[])`)
    .prepare('posts_read'),
)

/** Undefined for those that are not there. Who asks for the same gets the very same row. */
const findPost = batched(async (db, ids: readonly number[]): Promise<(Readonly<PostRow> | undefined)[]> => {
  const found = await readPostsQuery(db).execute({ ids })
  const byId = new Map(found.map((post) => [post.id, post]))
  return ids.map((id) => byId.get(id))
})

/** One post, as far as this user may see it. @throws ApiError posts.not_found */
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
