import { and, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { posts } from '../posts.table.ts'

interface WindowedSearch {
  /** The filters: words, tags and so on. */
  conditions: SQL[]
  /** Restricts the list to visible posts after the cursor. */
  reachable: SQL | undefined
  /** The sort column. */
  by: 'published_at' | 'updated_at'
  direction: 'asc' | 'desc'
  want: number
  /** How many posts to read in order before the first window. */
  nearby: number
}

/** Each window is this many times as long as the one before; after `maxWindows` the rest is searched at once. */
const growth = 50
const maxWindows = 3

/**
 * The ids of the first posts, in a given order, that match conditions on words or tags.
 *
 * PostgreSQL has no statistics of most words, so it guesses how many posts match. A wrong guess takes seconds: it reads
 * a million posts in order for a word without hits, or sorts all hits of a word that every post contains.
 *
 * So the search goes in windows of time. It first reads the nearest posts in order. If they contain too few hits, it
 * fetches and sorts all hits of a window that is fifty times as long, then of a still longer one behind it. A window
 * with too few hits is seldom followed by one with too many.
 */
export async function searchInWindows(db: Database, search: WindowedSearch): Promise<number[]> {
  const near = await searchNearest(db, search)
  if (near.isAll || near.ids.length >= search.want) return near.ids
  const ids: number[] = []
  let reached: number | undefined
  for (let window = 1; window <= maxWindows + 1 && ids.length < search.want; window++) {
    const until = window > maxWindows ? undefined : near.seconds * growth ** window
    const want = search.want - ids.length
    ids.push(...(await searchWithin(db, { ...search, want }, { first: near.first, beyond: reached, until })))
    reached = until
  }
  return ids
}

async function searchNearest(
  db: Database,
  { conditions, reachable, by, direction, want, nearby }: WindowedSearch,
) {
  const column = sql.identifier(by)
  const order = sql.raw(`${by} ${direction}, id ${direction}`)
  const rows = await db
    .select({
      id: sql<number | null>`hit.id::float8`,
      first: sql<string>`${sql.raw(direction === 'desc' ? 'highest' : 'lowest')}::text`,
      seconds: sql<number>`extract(epoch from highest - lowest)::float8`,
      seen: sql<number>`seen::float8`,
    })
    .from(sql`(
      with next as materialized (
        select ${posts.id}, ${posts}.${column}, (${and(...conditions)}) as is_hit
        from ${posts} where ${reachable} order by ${order} limit ${sql.raw(String(nearby))}
      ),
      edges as (select count(*) as seen, min(${column}) as lowest, max(${column}) as highest from next)
      select hits.id, seen, lowest, highest from edges
      left join lateral (select id from next where is_hit order by ${order} limit ${want}) as hits on true
    ) as hit`)
  const [{ first, seconds, seen } = { first: '', seconds: 0, seen: 0 }] = rows
  const ids = rows.map((row) => row.id).filter((id) => id !== null)
  return { ids, first, seconds: Math.max(seconds, 1), isAll: seen < nearby }
}

/** A window of time, in seconds from its first post. */
interface SearchWindow {
  first: string
  beyond: number | undefined
  until: number | undefined
}

/** All hits in one window, sorted. */
async function searchWithin(
  db: Database,
  { conditions, reachable, by, direction, want }: WindowedSearch,
  { first, beyond, until }: SearchWindow,
): Promise<number[]> {
  const column = sql.identifier(by)
  const [nearer, further, away] = direction === 'desc' ? ['<', '>=', '-'] : ['>', '<=', '+']
  const edge = (seconds: number) =>
    sql`${first}::timestamptz ${sql.raw(away)} make_interval(secs => ${seconds})`
  const within = [
    beyond === undefined ? undefined : sql`${posts}.${column} ${sql.raw(nearer)} ${edge(beyond)}`,
    until === undefined ? undefined : sql`${posts}.${column} ${sql.raw(further)} ${edge(until)}`,
  ]
  const rows = await db.select({ id: sql<number>`id::float8` }).from(sql`(
      with hits as materialized (
        select ${posts.id}, ${posts}.${column} from ${posts} where ${and(reachable, ...within, ...conditions)}
      )
      select id from hits order by ${sql.raw(`${by} ${direction}, id ${direction}`)} limit ${want}
    ) as hit`)
  return rows.map((row) => row.id)
}
