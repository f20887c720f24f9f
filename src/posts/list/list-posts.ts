import { and, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { literalLimit } from '../../db/fast-path/literal-limit.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { fold } from '../../text/fold.ts'
import { typedText } from '../../text/search-words.ts'
import { tagKey } from '../../text/tag-key.ts'
import { users } from '../../users/users.table.ts'
import { type PostStatus, posts } from '../posts.table.ts'
import { searchQuery, wantedTexts } from '../search/search-query.ts'
import { searchInWindows } from '../search/search-windows.ts'

export const sorts = ['newest', 'oldest', 'updated', 'relevance'] as const
export type Sort = (typeof sorts)[number]

/** The last position of a page: the value of the sort column, and the id. */
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
  authorUsername: users.username,
  authorName: users.name,
  authorVersion: users.version,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
  publishedAt: posts.publishedAt,
}

export type SummaryRow = Awaited<ReturnType<typeof listOwnPosts>>[number] & {
  /** The text around the first hit; only with a search. */
  hit?: string
  /** Only when sorted by relevance. */
  rank?: string
}

interface Filters {
  author?: string | undefined
  tag?: string[] | undefined
  q?: string | undefined
  created_after?: string | undefined
  created_before?: string | undefined
}

export interface ListPosts extends Filters {
  sort: Sort
  after?: Position | undefined
  limit: number
}

/** Whether the list is filtered: such a query may be slow and runs on the connections for searches. */
export function isSearch({ q, tag, author, created_after, created_before }: Filters): boolean {
  return [q, tag, author, created_after, created_before].some((filter) => filter !== undefined)
}

/** Lists published posts with keyset pagination: a page costs the same at any depth. */
export async function listPosts(db: Database, list: ListPosts): Promise<SummaryRow[]> {
  const { author, tag, q, sort, after, limit } = list
  if (q !== undefined && searchQuery(q) === undefined) return []
  const conditions = conditionsOf(list)
  const common = newest.get(limit)
  if (conditions.length === 0 && sort === 'newest' && common) {
    return after ? common.next(db).execute({ value: after[0], id: after[1] }) : common.first(db).execute()
  }
  if (sort === 'relevance') return listByRelevance(db, list, conditions)
  const columns = { ...summaryColumns, ...(q !== undefined && { hit: aroundFirstHit(q) }) }
  if (author === undefined && (q !== undefined || tag !== undefined)) {
    const ids = await searchInWindows(db, windowedSearch({ conditions, sort, after, want: limit }))
    const rows = await db
      .select(columns)
      .from(posts)
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(and(isPublished, inArray(posts.id, ids)))
      .orderBy(...orderOf(sort))
    // A post was deleted between the two queries. A page with a missing row would look like the last one, so start
    // again.
    return rows.length < ids.length ? listPosts(db, list) : rows
  }
  return db
    .select(columns)
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(and(isPublished, ...conditions, after && beyond(sort, after)))
    .orderBy(...orderOf(sort))
    .limit(limit)
}

/** Only published posts. Written as a literal: with a parameter, a generic plan could not use the partial indexes. */
const isPublished = sql`${posts.status} = 'published'`

/**
 * Prepared queries for the usual page sizes (one row more than a page) without filters, so that PostgreSQL plans them
 * once. The limit is a literal: with a parameter, the plan would have to suit any number of rows.
 */
const newest = new Map([10, 20, 25, 50, 100].map((size) => [size + 1, newestQueries(size + 1)]))

function newestQueries(limit: number) {
  const query = (db: Database, condition?: SQL) =>
    db
      .select(summaryColumns)
      .from(posts)
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(and(isPublished, condition))
      .orderBy(...orderOf('newest'))
      .limit(literalLimit(limit))
  const further = sql`(${posts.publishedAt}, ${posts.id}) < (${sql.placeholder('value')}::timestamptz, ${sql.placeholder('id')}::bigint)`
  return {
    first: prepared((db) => query(db).prepare(`posts_newest_${limit}`)),
    next: prepared((db) => query(db, further).prepare(`posts_newest_${limit}_next`)),
  }
}

interface ListOrder {
  conditions: SQL[]
  sort: Exclude<Sort, 'relevance'>
  after?: Position | undefined
  want: number
}

function windowedSearch({ conditions, sort, after, want }: ListOrder) {
  const reachable = and(isPublished, after && beyond(sort, after))
  const by = sort === 'updated' ? ('updated_at' as const) : ('published_at' as const)
  const direction = sort === 'oldest' ? ('asc' as const) : ('desc' as const)
  // A search for many hits starts with more posts.
  return { conditions, reachable, by, direction, want, nearby: want > 100 ? 4000 : 1000 }
}

/** Only the newest hits are ranked: ranking all hits of a frequent word would take seconds. */
const ranked = 200

async function listByRelevance(db: Database, { q = '', after, limit }: ListPosts, conditions: SQL[]) {
  const ids = await searchInWindows(db, windowedSearch({ conditions, sort: 'newest', want: ranked }))
  const hits = db
    .select({
      id: posts.id,
      rank: sql<string>`round(ts_rank(${posts.search}, ${tsquery(q)})::numeric, 6)::text`.as('rank'),
    })
    .from(posts)
    .where(and(isPublished, inArray(posts.id, ids)))
    .as('ranked')
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
  /** Id of the last post of the previous page. */
  before?: number | undefined
  limit: number
}

/** Lists the user's own posts, drafts included, newest first. */
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

/** The position after which the next page begins. */
export function positionOf(row: SummaryRow, sort: Sort): Position {
  if (sort === 'relevance') return [row.rank ?? '0', row.id]
  const time = sort === 'updated' ? row.updatedAt : (row.publishedAt ?? row.createdAt)
  return [time, row.id]
}

/** The filters as SQL conditions. */
function conditionsOf({ author, tag, q, created_after, created_before }: ListPosts): SQL[] {
  return [
    author === undefined ? undefined : sql`${posts.authorId} = ${authorId(author)}`,
    tag && sql`${posts.tagKeys} @> ${sql.param(tag.map(tagKey), posts.tagKeys)}`,
    q === undefined ? undefined : sql`${posts.search} @@ ${tsquery(q)}`,
    // A post is never published before it is created. This condition tells PostgreSQL where to stop in the index on
    // published_at.
    created_after === undefined
      ? undefined
      : and(gte(posts.createdAt, created_after), gte(posts.publishedAt, created_after)),
    created_before === undefined ? undefined : lt(posts.createdAt, created_before),
  ].filter((condition) => condition !== undefined)
}

function tsquery(q: string): SQL {
  return sql`${searchQuery(q)}::tsquery`
}

/** A condition on the author: an id or a username. Usernames have at most 32 characters, so none looks like a UUID. */
function authorId(author: string): SQL {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(author)
  return isId ? sql`${author}::uuid` : sql`(select id from users where username = ${author})`
}

function orderOf(sort: Exclude<Sort, 'relevance'>): SQL[] {
  return [sql`${columnOf(sort)} ${direction(sort)}`, sql`${posts.id} ${direction(sort)}`]
}

function beyond(sort: Exclude<Sort, 'relevance'>, [time, id]: Position): SQL {
  const further = sort === 'oldest' ? sql`>` : sql`<`
  return sql`(${columnOf(sort)}, ${posts.id}) ${further} (${time}::timestamptz, ${id}::bigint)`
}

function columnOf(sort: Sort) {
  return sort === 'updated' ? posts.updatedAt : posts.publishedAt
}

function direction(sort: Sort): SQL {
  return sort === 'oldest' ? sql`asc` : sql`desc`
}

/** Text around the first searched word. The database cuts it out: whole bodies are too long to fetch. */
function aroundFirstHit(q: string): SQL<string> {
  const typed = wantedTexts(q).flatMap((text) => [typedText(text).toLowerCase(), fold(typedText(text))])
  const places = [...new Set(typed)]
    .filter((text) => text !== '')
    .slice(0, 5)
    .map((text) => sql`nullif(strpos(lower(${posts.body}), ${text}), 0)`)
  if (places.length === 0) return sql<string>`left(${posts.body}, 1000)`
  return sql<string>`substr(${posts.body}, greatest(1, coalesce(least(${sql.join(places, sql`, `)}), 1) - 100), 1000)`
}
