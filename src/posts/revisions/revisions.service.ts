import { and, desc, eq, lt } from 'drizzle-orm'
import type { CurrentUser } from '../../api/context.ts'
import type { Database } from '../../db/database.ts'
import { ApiError } from '../../errors/api-error.ts'
import { type ChangePost, mayChange, readPost, updatePost } from '../posts.service.ts'
import { postRevisions } from '../posts.table.ts'

interface OfPost {
  id: number
  user: CurrentUser
}

/** Lists the former versions of a post, newest first. @throws ApiError posts.not_found, auth.forbidden */
export async function listRevisions(
  db: Database,
  { id, user, before, limit }: OfPost & { before: number | undefined; limit: number },
) {
  await requireAuthor(db, { id, user })
  return db
    .select()
    .from(postRevisions)
    .where(
      and(eq(postRevisions.postId, id), before === undefined ? undefined : lt(postRevisions.number, before)),
    )
    .orderBy(desc(postRevisions.number))
    .limit(limit)
}

/** Reads one former version. @throws ApiError posts.not_found, auth.forbidden, revisions.not_found */
export async function readRevision(db: Database, { id, number, user }: OfPost & { number: number }) {
  await requireAuthor(db, { id, user })
  const [revision] = await db
    .select()
    .from(postRevisions)
    .where(and(eq(postRevisions.postId, id), eq(postRevisions.number, number)))
  if (!revision) throw new ApiError('revisions.not_found')
  return revision
}

/**
 * Restores the title, body and tags of a former version; the present version becomes a revision. The status does not
 * change. If the texts are the same, nothing is written.
 * @throws as readRevision, and ApiError precondition.failed
 */
export async function restoreRevision(db: Database, change: ChangePost & { number: number }) {
  const { title, body, tags } = await readRevision(db, change)
  return updatePost(db, { ...change, changes: { title, body, tags } })
}

async function requireAuthor(db: Database, { id, user }: OfPost): Promise<void> {
  const post = await readPost(db, { id, reader: user })
  if (!mayChange(user, post)) throw new ApiError('auth.forbidden')
}
