import { and, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { posts } from '../posts.table.ts'

interface Hits {
  /** On words, tags and so on. */
  conditions: SQL[]
  /** What can be seen, from the cursor on. */
  reachable: SQL | undefined
  /** The order of the list. */
  by: 'published_at' | 'updated_at'
  direction: 'asc' | 'desc'
  want: number
  /** How many posts are looked through first. */
  nearby: number
}

/** How much further each next look reaches, and after how many the rest is taken at once. */
const growth = 50
const looks = 3

/**
 * The ids of the first posts in an order that meet conditions on words or tags.
 *
 * PostgreSQL cannot know how frequent a word is that it has no statistics of, nor where its hits lie, and a wrong
 * guess costs seconds: going through a million posts for a word that none has, or sorting the hits of a word that
 * all have. So the next posts are looked through in their order; if too few hits are among them, all hits of a
 * stretch of time that is fifty times as long are fetched and sorted, then of one behind it that is still longer.
 * Hits that were too few in one stretch are seldom too many in the next.
 */
export async function findHits(db: Database, hits: Hits): Promise<number[]> {
  const near = await lookNearby(db, hits)
  if (near.isAll || near.ids.length >= hits.want) return near.ids
  const ids: number[] = []
  let reached: number | undefined
  for (let look = 1; look <= looks + 1 && ids.length < hits.want; look++) {
    const until = look > looks ? undefined : near.seconds * growth ** look
    const want = hits.want - ids.length
    ids.push(...(await lookWithin(db, { ...hits, want }, { first: near.first, beyond: reached, until })))
    reached = until
  }
  return ids
}

async function lookNearby(db: Database, { conditions, reachable, by, direction, want, nearby }: Hits) {
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

/** A part of the order, in seconds from its first post. */
interface Stretch {
  first: string
  beyond: number | undefined
  until: number | undefined
}

/** All hits of a stretch of time, sorted. */
async function lookWithin(
  db: Database,
  { conditions, reachable, by, direction, want }: Hits,
  { first, beyond, until }: Stretch,
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
