import { sql } from 'drizzle-orm'
import { comments } from '../../comments/comments.table.ts'
import type { Database } from '../../db/database.ts'
import { postRevisions, posts } from '../../posts/posts.table.ts'
import { users } from '../../users/users.table.ts'
import {
  type CommentRow,
  commentsAfter,
  type PostRow,
  postsAfter,
  type RevisionRow,
  revisionsAfter,
  type UserRow,
  usersAfter,
} from './read-batches.ts'
import {
  formatVersion,
  type Header,
  type MovedRecord,
  type PostRecord,
  type RevisionRecord,
} from './records.ts'
import { toCommentRecord, toPostRecord, toRevisionRecord, toUserRecord } from './to-records.ts'

/**
 * Finds the extent of the export. It ends at the present last ids, so that later records cannot refer to missing users.
 */
export async function readHeader(db: Database): Promise<Header> {
  const lastId = (table: string) =>
    sql<string>`coalesce(pg_sequence_last_value(pg_get_serial_sequence(${table}, 'id')::regclass), 0)`
  const [last] = await db
    .select({ postId: lastId('posts').as('post_id'), commentId: lastId('comments').as('comment_id') })
    .from(sql`(values (1)) as one`)
  return {
    kind: 'gatepost',
    format: formatVersion,
    users: await db.$count(users),
    posts: await db.$count(posts),
    revisions: await db.$count(postRevisions),
    comments: await db.$count(comments),
    last_post_id: Number(last?.postId ?? 0),
    last_comment_id: Number(last?.commentId ?? 0),
  }
}

/**
 * Reads all records, each after those that it refers to, in an order that depends only on the data. Each batch begins
 * at the key where the last one ended (keyset), so late rows cost as little as early ones, and no long transaction
 * blocks VACUUM.
 */
export async function* readRecords(
  db: Database,
  header: Header,
  { withPasswordHashes }: { withPasswordHashes: boolean },
): AsyncGenerator<MovedRecord> {
  for await (const row of rows((last?: UserRow) => usersAfter(db, last))) {
    yield toUserRecord(row, withPasswordHashes)
  }
  yield* readPosts(db, header.last_post_id)
  for await (const row of rows((last?: CommentRow) => commentsAfter(db, last, header.last_comment_id))) {
    yield toCommentRecord(row)
  }
  yield { kind: 'end' }
}

/** Posts, each followed by its revisions. */
async function* readPosts(db: Database, lastId: number): AsyncGenerator<PostRecord | RevisionRecord> {
  for await (const batch of batches((last?: PostRow) => postsAfter(db, last, lastId))) {
    const revisions = revisionsOf(db, batch)
    let next = await revisions.next()
    for (const post of batch) {
      yield toPostRecord(post)
      for (; !next.done && next.value.postId <= post.id; next = await revisions.next()) {
        // A revision made after the post was read has the text that the export has for the post itself.
        const { postId, number } = next.value
        if (postId === post.id && number < post.version) yield toRevisionRecord(next.value)
      }
    }
  }
}

/** Read after the posts, so that the export contains all revisions before the text of the post. */
async function* revisionsOf(db: Database, batch: PostRow[]): AsyncGenerator<RevisionRow> {
  const changed = batch.filter(({ version }) => version > 1)
  const [first, last] = [changed[0], changed.at(-1)]
  if (first && last) {
    yield* rows((revision?: RevisionRow) => revisionsAfter(db, revision, [first.id, last.id]))
  }
}

type ReadNext<Row> = (last?: Row) => Promise<Row[]>

async function* batches<Row>(read: ReadNext<Row>): AsyncGenerator<Row[]> {
  for (let batch = await read(); batch.length > 0; batch = await read(batch.at(-1))) yield batch
}

async function* rows<Row>(read: ReadNext<Row>): AsyncGenerator<Row> {
  for await (const batch of batches(read)) yield* batch
}
