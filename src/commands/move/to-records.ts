import type { CommentRow, PostRow, RevisionRow, UserRow } from './read-batches.ts'
import type { CommentRecord, PostRecord, RevisionRecord, UserRecord } from './records.ts'

/** An account; with its password hash only on request. */
export function toUserRecord(row: UserRow, withPasswordHash: boolean): UserRecord {
  return {
    kind: 'user',
    id: row.id,
    username: row.username,
    ...(row.name !== null && { name: row.name }),
    ...(row.usernameSkeleton === null && { looks_like_another: true as const }),
    email: row.email,
    role: row.role,
    disabled_at: row.disabledAt?.toISOString() ?? null,
    version: row.version,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
    ...(withPasswordHash && { password_hash: row.passwordHash }),
  }
}

/** A post. Excerpt, search words and number of comments are left out, since they follow from the rest. */
export function toPostRecord(row: PostRow): PostRecord {
  return {
    kind: 'post',
    id: row.id,
    author_id: row.authorId,
    title: row.title,
    body: row.body,
    tags: row.tags,
    status: row.status,
    version: row.version,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    published_at: row.publishedAt,
  }
}

/** A revision. */
export function toRevisionRecord(row: RevisionRow): RevisionRecord {
  return {
    kind: 'revision',
    post_id: row.postId,
    number: row.number,
    title: row.title,
    body: row.body,
    tags: row.tags,
    status: row.status,
    written_at: row.writtenAt,
    replaced_at: row.replacedAt,
    replaced_by: row.replacedBy,
  }
}

/** A comment. */
export function toCommentRecord(row: CommentRow): CommentRecord {
  return {
    kind: 'comment',
    id: row.id,
    post_id: row.postId,
    author_id: row.authorId,
    body: row.body,
    version: row.version,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
