import { and, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { posts } from './posts.table.ts'

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
 * stretch of time that is fifty times as long are fetched and sorted, then of one still longer. Hits that were too
 * few in one stretch are seldom too many in the next.
 */
export async function findHits(db: Database, hits: Hits): Promise<number[]> {
  const near = await lookNearby(db, hits)
  if (near.isAll || near.ids.length >= hits.want) return near.ids
  for (let look = 1; look <= looks; look++) {
    const ids = await lookWithin(db, hits, { from: near.first, seconds: near.seconds * growth ** look })
    if (ids.length >= hits.want) return ids
  }
  return lookWithin(db, hits)
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

/** All hits of a stretch of time, sorted; without one, all hits. */
async function lookWithin(
  db: Database,
  { conditions, reachable, by, direction, want }: Hits,
  stretch?: { from: string; seconds: number },
): Promise<number[]> {
  const column = sql.identifier(by)
  const within =
    stretch &&
    (direction === 'desc'
      ? sql`${posts}.${column} >= ${stretch.from}::timestamptz - make_interval(secs => ${stretch.seconds})`
      : sql`${posts}.${column} <= ${stretch.from}::timestamptz + make_interval(secs => ${stretch.seconds})`)
  const rows = await db.select({ id: sql<number>`id::float8` }).from(sql`(
      with hits as materialized (
        select ${posts.id}, ${posts}.${column} from ${posts} where ${and(reachable, within, ...conditions)}
      )
      select id from hits order by ${sql.raw(`${by} ${direction}, id ${direction}`)} limit ${want}
    ) as hit`)
  return rows.map((row) => row.id)
}
