import { sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { posts } from '../posts.table.ts'
import { derivedColumns } from './derived-columns.ts'

const perStatement = 100
/** Characters of bodies per statement: few enough to stay far below the query deadline. */
const charactersPerStatement = 500_000

interface ToIndex {
  id: number
  version: number
  title: string
  body: string
  tags: string[]
}

/**
 * Indexes the posts without words, or with words of former rules, newest first. Returns their number.
 *
 * Several processes may run it at the same time, and stop at any time; a post that changes meanwhile is indexed again.
 * After each step it calls `advance`, which can return false to stop.
 */
export async function indexPosts(
  db: Database,
  advance: (count: number) => boolean = () => true,
): Promise<number> {
  let done = 0
  /** Each step takes smaller ids. A post that someone changes meanwhile is left for the next run. */
  let before: number | undefined
  for (;;) {
    const rows = await nextPosts(db, before)
    const last = rows.at(-1)
    if (last === undefined) return done
    const count = await storeWords(db, rows)
    done += count
    before = last.id
    if (!advance(count)) return done
  }
}

/** The number of posts that `indexPosts` still has to index. */
export function countPostsToIndex(db: Database): Promise<number> {
  return db.$count(posts, sql`${posts.searchRules} is null`)
}

async function nextPosts(db: Database, before: number | undefined): Promise<ToIndex[]> {
  const below = before === undefined ? sql`true` : sql`id < ${before}`
  const rows = await db
    .select({
      id: sql<number>`id::float8`,
      version: sql<number>`version`,
      title: sql<string>`title`,
      body: sql<string>`body`,
      tags: sql<string[]>`to_json(tags)`,
    })
    .from(sql`(
      select id, version, title, body, tags, sum(length(body)) over (order by id desc) as characters
      from (select * from posts where search_rules is null and ${below} order by id desc limit ${perStatement}) as next
    ) as posts`)
    .where(sql`characters - length(body) < ${charactersPerStatement}`)
    .orderBy(sql`id desc`)
  return rows
}

async function storeWords(db: Database, rows: readonly ToIndex[]): Promise<number> {
  const values = rows.map(({ id, version, ...text }) => ({ id, version, ...derivedColumns(text) }))
  const stored = db.$with('stored', { id: sql<string>`id`.as('id') }).as(sql`
    update posts set search = row.search, excerpt = row.excerpt, tag_keys = row.tag_keys, search_rules = row.search_rules
    from json_to_recordset(${JSON.stringify(values)}::json)
      as row (id bigint, version int, search tsvector, excerpt text, tag_keys text[], search_rules smallint)
    where posts.id = row.id and posts.version = row.version and posts.search_rules is null
    returning posts.id`)
  return (await db.with(stored).select({ id: stored.id }).from(stored)).length
}
