import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { derivedColumns } from '../../posts/search/derived-columns.ts'
import { skeletonOf } from '../../text/skeleton.ts'
import type { CommentRecord, PostRecord, RevisionRecord, UserRecord } from './records.ts'

// Each function stores many rows with one statement and one JSON parameter. An existing equal row stays, so that an
// import can be repeated; a different row with the same id violates the primary key.

/** Adds accounts. Those without a hash get one that no password matches. */
export function storeUsers(db: Database, users: UserRecord[], hashOfNone: string) {
  const rows = users.map((user) => ({
    ...user,
    skeleton: user.looks_like_another ? null : skeletonOf(user.username),
  }))
  return db.execute(sql`
    insert into users (id, username, username_skeleton, name, email, password_hash, role, disabled_at, version,
      created_at, updated_at)
    select id, username, skeleton, name, email, coalesce(password_hash, ${hashOfNone}), role, disabled_at, version,
      created_at, updated_at
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (id uuid, username text, skeleton text, name text,
      email text, password_hash text, role text, disabled_at timestamptz(3), version int, created_at timestamptz(3),
      updated_at timestamptz(3))
    where not exists (select from users where users.id = row.id)`)
}

/** Adds posts with their ids. */
export function storePosts(db: Database, posts: PostRecord[]) {
  return db.execute(sql`
    insert into posts (id, author_id, title, body, tags, search, excerpt, tag_keys, search_rules, status, version, created_at,
      updated_at, published_at)
    overriding system value
    select id, author_id, title, body, tags, search, excerpt, tag_keys, search_rules, status, version, created_at, updated_at,
      published_at
    from json_to_recordset(${JSON.stringify(posts.map((post) => ({ ...post, ...derivedColumns(post) })))}::json) as row (id bigint, author_id uuid, title text,
      body text, tags text[], search tsvector, excerpt text, tag_keys text[], search_rules smallint, status text, version int,
      created_at timestamptz(3), updated_at timestamptz(3), published_at timestamptz(3))
    where not exists (
      select from posts
      where posts.id = row.id and posts.author_id = row.author_id and posts.created_at = row.created_at
    )`)
}

/** Adds revisions. The user who replaced one may be deleted, or newer than the export. */
export function storeRevisions(db: Database, revisions: RevisionRecord[]) {
  return db.execute(sql`
    insert into post_revisions (post_id, number, title, body, tags, status, written_at, replaced_at, replaced_by)
    select post_id, number, title, body, tags, status, written_at, replaced_at,
      (select id from users where users.id = row.replaced_by)
    from json_to_recordset(${JSON.stringify(revisions)}::json) as row (post_id bigint, number int, title text,
      body text, tags text[], status text, written_at timestamptz(3), replaced_at timestamptz(3), replaced_by uuid)
    where not exists (
      select from post_revisions where post_revisions.post_id = row.post_id and post_revisions.number = row.number
    )`)
}

/** Adds comments with their ids; a trigger counts them. */
export function storeComments(db: Database, comments: CommentRecord[]) {
  return db.execute(sql`
    insert into comments (id, post_id, author_id, body, version, created_at, updated_at)
    overriding system value
    select id, post_id, author_id, body, version, created_at, updated_at
    from json_to_recordset(${JSON.stringify(comments)}::json) as row (id bigint, post_id bigint, author_id uuid,
      body text, version int, created_at timestamptz(3), updated_at timestamptz(3))
    where not exists (
      select from comments where comments.id = row.id and comments.post_id = row.post_id
        and comments.author_id = row.author_id and comments.created_at = row.created_at
    )`)
}

/** Advances the sequences beyond these ids and all used ones. */
export async function reserveIds(db: Database, last: { posts: number; comments: number }): Promise<void> {
  for (const table of ['posts', 'comments'] as const) {
    const sequence = sql`pg_get_serial_sequence(${table}, 'id')::regclass`
    await db.execute(sql`
      select setval(${sequence}, last)
      from (
        select greatest(${last[table]}::bigint, pg_sequence_last_value(${sequence}), max(id)) from ${sql.identifier(table)}
      ) as ids (last)
      where last > 0`)
  }
}
