import { and, asc, between, gt, lte, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { comments } from '../../comments/comments.table.ts'
import type { Database } from '../../db/database.ts'
import { postRevisions, posts } from '../../posts/posts.table.ts'
import { users } from '../../users/users.table.ts'

export type UserRow = Awaited<ReturnType<typeof usersAfter>>[number]
export type PostRow = Awaited<ReturnType<typeof postsAfter>>[number]
export type RevisionRow = Awaited<ReturnType<typeof revisionsAfter>>[number]
export type CommentRow = Awaited<ReturnType<typeof commentsAfter>>[number]

const rowsPerBatch = 1000

/** Maximum size of the texts in a batch, except for its last row: a thousand of the longest posts would be 400 MB. */
const bytesPerBatch = 4 * 1024 * 1024

/** The next users, by id. */
export function usersAfter(db: Database, last: { id: string } | undefined) {
  return db
    .select()
    .from(users)
    .where(last && gt(users.id, last.id))
    .orderBy(asc(users.id))
    .limit(rowsPerBatch)
}

/** The next posts, by id, up to `lastId`. */
export function postsAfter(db: Database, last: { id: number } | undefined, lastId: number) {
  const page = db
    .select({
      id: posts.id,
      authorId: posts.authorId,
      title: posts.title,
      body: posts.body,
      tags: posts.tags,
      status: posts.status,
      version: posts.version,
      createdAt: posts.createdAt,
      updatedAt: posts.updatedAt,
      publishedAt: posts.publishedAt,
      bytesBefore: bytesBefore(posts.body, sql`${posts.id}`),
    })
    .from(posts)
    .where(and(gt(posts.id, last?.id ?? 0), lte(posts.id, lastId)))
    .orderBy(asc(posts.id))
    .limit(rowsPerBatch)
    .as('page')
  return db.select().from(page).where(lte(page.bytesBefore, bytesPerBatch)).orderBy(asc(page.id))
}

/** The next revisions of posts with ids in this range, by post and number. */
export function revisionsAfter(db: Database, last: RevisionKey | undefined, [from, to]: [number, number]) {
  const key = sql`${postRevisions.postId}, ${postRevisions.number}`
  const page = db
    .select({
      postId: postRevisions.postId,
      number: postRevisions.number,
      title: postRevisions.title,
      body: postRevisions.body,
      tags: postRevisions.tags,
      status: postRevisions.status,
      writtenAt: postRevisions.writtenAt,
      replacedAt: postRevisions.replacedAt,
      replacedBy: postRevisions.replacedBy,
      bytesBefore: bytesBefore(postRevisions.body, key),
    })
    .from(postRevisions)
    .where(
      and(
        between(postRevisions.postId, from, to),
        last && sql`(${key}) > (${last.postId}::bigint, ${last.number}::int)`,
      ),
    )
    .orderBy(asc(postRevisions.postId), asc(postRevisions.number))
    .limit(rowsPerBatch)
    .as('page')
  return db
    .select()
    .from(page)
    .where(lte(page.bytesBefore, bytesPerBatch))
    .orderBy(asc(page.postId), asc(page.number))
}

interface RevisionKey {
  postId: number
  number: number
}

/** The next comments, by id, up to `lastId`. */
export function commentsAfter(db: Database, last: { id: number } | undefined, lastId: number) {
  return db
    .select()
    .from(comments)
    .where(and(gt(comments.id, last?.id ?? 0), lte(comments.id, lastId)))
    .orderBy(asc(comments.id))
    .limit(rowsPerBatch)
}

/**
 * The size of the texts in the rows before this one. A window function counts it while reading, so that PostgreSQL can
 * stop early.
 */
function bytesBefore(text: PgColumn, order: SQL) {
  return sql<number>`sum(octet_length(${text})) over (order by ${order} rows unbounded preceding) - octet_length(${text})`.as(
    'bytes_before',
  )
}
