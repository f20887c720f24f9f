import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { demoSessionId, demoUserId } from '../http/fields.ts'

/**
 * Stores what the examples of the document refer to, so that each of them works: a session of the demo user, and a
 * comment and a revision of post 1. Does nothing if post 1 belongs to another user.
 */
export async function addExamples(db: Database): Promise<void> {
  await db.execute(sql`
    with post as (
      update posts set version = 2
      where id = 1 and author_id = ${demoUserId} and version = 1
      returning *
    ), revision as (
      insert into post_revisions (post_id, number, title, body, tags, status, written_at, replaced_by)
      select id, 1, title, 'To be written.', tags, status, created_at, author_id from post
    ), session as (
      insert into sessions (id, user_id, user_agent, address, created_at, last_used_at, expires_at, refresh_hash)
      select ${demoSessionId}, author_id, 'Gatepost demo', '203.0.113.7', now(), now(), now() + interval '30 days', 'none'
      from post
      on conflict do nothing
    )
    insert into comments (post_id, author_id, body)
    select id, author_id, 'Well said, if I may say so myself.' from post`)
}
