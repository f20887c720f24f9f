import { and, arrayContains, asc, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { users } from '../users/users.table.ts'
import { type PostStatus, posts } from './posts.table.ts'
import { searchQuery, searchWords } from './search-query.ts'

export const sorts = ['newest', 'oldest', 'updated', 'relevance'] as const
export type Sort = (typeof sorts)[number]

/** Where a page ended: the value that the list is sorted by, and the id. */
export type Position = [value: string, id: number]

const summaryColumns = {
  id: posts.id,
  title: posts.title,
  excerpt: posts.excerpt,
  tags: posts.tags,
  status: posts.status,
  version: posts.version,
  commentCount: posts.commentCount,
  authorId: posts.authorId,
  authorName: users.username,
  authorVersion: users.version,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
  publishedAt: posts.publishedAt,
}

export type SummaryRow = Awaited<ReturnType<typeof listOwnPosts>>[number] & {
  /** With a search: the text around the first hit. */
  hit?: string
  /** When sorted by relevance. */
  rank?: string
}

interface ListPosts {
  author?: string | undefined
  tag?: string[] | undefined
  q?: string | undefined
  created_after?: Date | undefined
  created_before?: Date | undefined
  sort: Sort
  after?: Position | undefined
  limit: number
}

/** Published posts by keyset: a page costs the same however deep it lies. */
export async function listPosts(db: Database, list: ListPosts): Promise<SummaryRow[]> {
  const { q, sort, after, limit } = list
  const conditions = conditionsOf(list)
  if (conditions.length === 1 && limit === commonLimit && sort === 'newest') {
    return after ? nextNewest(db).execute({ value: after[0], id: after[1] }) : firstNewest(db).execute()
  }
  if (sort === 'relevance') return listByRelevance(db, list, and(...conditions))
  return db
    .select({ ...summaryColumns, ...(q !== undefined && { hit: aroundFirstHit(q) }) })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(and(...conditions, after && beyond(sort, after)))
    .orderBy(...orderOf(sort))
    .limit(limit)
}

/** What everybody asks for: prepared by name, so that PostgreSQL plans it once; its limit is part of the text. */
const commonLimit = 21
const newest = (db: Database, condition?: SQL) =>
  db
    .select(summaryColumns)
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(and(eq(posts.status, 'published'), condition))
    .orderBy(...orderOf('newest'))
    .limit(sql.raw(String(commonLimit)) as unknown as number) // Drizzle would make it a parameter
const firstNewest = prepared((db) => newest(db).prepare('posts_newest'))
const nextNewest = prepared((db) =>
  newest(
    db,
    sql`(${posts.publishedAt}, ${posts.id}) < (${sql.placeholder('value')}::timestamptz, ${sql.placeholder('id')}::bigint)`,
  ).prepare('posts_newest_next'),
)

/** How many hits are ranked: the newest. Ranking all hits of a common word would take seconds. */
const ranked = 1000

function listByRelevance(db: Database, { q = '', after, limit }: ListPosts, condition: SQL | undefined) {
  const rank = sql<string>`round(ts_rank(${posts.search}, ${tsquery(q)})::numeric, 6)::text`
  const hits = db
    .select({ id: posts.id, rank: rank.as('rank') })
    .from(posts)
    .where(condition)
    .orderBy(...orderOf('newest'))
    .limit(ranked)
    .as('hits')
  return db
    .select({ ...summaryColumns, hit: aroundFirstHit(q), rank: hits.rank })
    .from(hits)
    .innerJoin(posts, eq(posts.id, hits.id))
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(after && sql`(${hits.rank}::numeric, ${hits.id}) < (${after[0]}::numeric, ${after[1]}::bigint)`)
    .orderBy(sql`${hits.rank}::numeric desc`, desc(hits.id))
    .limit(limit)
}

interface ListOwnPosts {
  authorId: string
  status?: PostStatus | undefined
  /** Id of the last post of the page before. */
  before?: number | undefined
  limit: number
}

/** One's own posts, drafts too, newest first. */
export function listOwnPosts(db: Database, { authorId, status, before, limit }: ListOwnPosts) {
  return db
    .select(summaryColumns)
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(
      and(
        eq(posts.authorId, authorId),
        status && eq(posts.status, status),
        before === undefined ? undefined : lt(posts.id, before),
      ),
    )
    .orderBy(desc(posts.id))
    .limit(limit)
}

/** Where a page goes on after this row. */
export function positionOf(row: SummaryRow, sort: Sort): Position {
  if (sort === 'relevance') return [row.rank ?? '0', row.id]
  const time = sort === 'updated' ? row.updatedAt : (row.publishedAt ?? row.createdAt)
  return [time.toISOString(), row.id]
}

function conditionsOf({ author, tag, q, created_after, created_before }: ListPosts): SQL[] {
  return [
    eq(posts.status, 'published'),
    author === undefined ? undefined : sql`${posts.authorId} = ${authorId(author)}`,
    tag && arrayContains(posts.tags, tag),
    q === undefined ? undefined : sql`${posts.search} @@ ${tsquery(q)}`,
    created_after && gte(posts.createdAt, created_after),
    created_before && lt(posts.createdAt, created_before),
  ].filter((condition) => condition !== undefined)
}

function tsquery(q: string): SQL {
  return sql`websearch_to_tsquery('simple', ${searchQuery(q)})`
}

/** The author's id; usernames never look like one, since they have at most 32 characters. */
function authorId(author: string): SQL {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(author)
  return isId ? sql`${author}::uuid` : sql`(select id from users where username = ${author})`
}

function orderOf(sort: Exclude<Sort, 'relevance'>): SQL[] {
  if (sort === 'oldest') return [asc(posts.publishedAt), asc(posts.id)]
  return [desc(sort === 'updated' ? posts.updatedAt : posts.publishedAt), desc(posts.id)]
}

function beyond(sort: Exclude<Sort, 'relevance'>, [time, id]: Position): SQL {
  const column = sort === 'updated' ? posts.updatedAt : posts.publishedAt
  const further = sort === 'oldest' ? sql`>` : sql`<`
  return sql`(${column}, ${posts.id}) ${further} (${time}::timestamptz, ${id}::bigint)`
}

/** Some text around the first of the words, found in the database: bodies are too long to fetch. */
function aroundFirstHit(q: string): SQL<string> {
  const places = searchWords(q)
    .slice(0, 5)
    .map((word) => sql`nullif(strpos(lower(${posts.body}), ${word}), 0)`)
  if (places.length === 0) return sql<string>`left(${posts.body}, 1000)`
  return sql<string>`substr(${posts.body}, greatest(1, coalesce(least(${sql.join(places, sql`, `)}), 1) - 100), 1000)`
}
