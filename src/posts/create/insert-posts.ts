import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { batch, maxBatch } from '../../db/fast-path/batch.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { changedColumns } from '../posts.service.ts'
import { type PostRow, type PostStatus, posts } from '../posts.table.ts'
import { derivedColumns, searchRules } from '../search/derived-columns.ts'

export interface NewPost {
  authorId: string
  title: string
  body: string
  tags: string[]
  status: PostStatus
}

/**
 * Inserts the posts of concurrent requests with one statement, one commit and one round trip. The statement locks the
 * authors in the order of their ids, like every statement that locks several users, so that no deadlock is possible. If
 * one author is locked, the whole batch waits.
 */
export const insertTogether = batch(insertAll)

export async function insertAlone(db: Database, post: NewPost): Promise<PostRow> {
  const [row] = await insertAll(db, [post])
  return row as PostRow // one for each
}

async function insertAll(db: Database, added: readonly NewPost[]): Promise<PostRow[]> {
  const query = insertQueries[added.length - 1]
  if (query === undefined) throw new RangeError(`${added.length} posts are no batch.`)
  const sorted = added.toSorted((one, other) => compare(one.authorId, other.authorId))
  const rows = await query(db).execute(numbered(sorted))
  const rowOf = new Map(sorted.map((post, at) => [post, rows[at]]))
  return added.map((post) => {
    const row = rowOf.get(post)
    // PostgreSQL returns the rows in the order of VALUES but does not guarantee it. A wrong order would give one user
    // the post of another, so check.
    if (row?.authorId !== post.authorId || row.title !== post.title) {
      throw new Error('INSERT … RETURNING returned other rows than were added.')
    }
    return row
  })
}

function compare(one: string, other: string): number {
  return Number(one > other) - Number(one < other)
}

/** A prepared query for each batch size. */
const insertQueries = Array.from({ length: maxBatch }, (_, last) =>
  prepared((db) => {
    const rows = Array.from({ length: last + 1 }, (_, at) => placeholders(at))
    return db
      .insert(posts)
      .values(rows)
      .returning(changedColumns)
      .prepare(`posts_insert_${last + 1}`)
  }),
)

/** The placeholders for the values of item `at` in a batch. */
export function placeholders(at: number) {
  const status = sql.placeholder(`status${at}`)
  return {
    authorId: sql.placeholder(`authorId${at}`),
    title: sql.placeholder(`title${at}`),
    body: sql.placeholder(`body${at}`),
    tags: sql.placeholder(`tags${at}`),
    status,
    publishedAt: sql`case when ${status}::text = 'published' then now() end`,
    search: sql`${sql.placeholder(`search${at}`)}::tsvector`,
    excerpt: sql.placeholder(`excerpt${at}`),
    tagKeys: sql.placeholder(`tag_keys${at}`),
    searchRules: sql.raw(String(searchRules)),
  }
}

export function numbered(added: readonly NewPost[]): Record<string, unknown> {
  const values = added.flatMap((post, at) =>
    Object.entries({ ...post, ...derivedColumns(post) }).map(
      ([name, value]) => [`${name}${at}`, value] as const,
    ),
  )
  return Object.fromEntries(values)
}
