import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '../db/fast-path/prepared.ts'

/** The time of the next attempt after `used` attempts of counter `w`; null if it is allowed now. */
const nextAttemptAt = (used: SQL, expiresAt: SQL, now: SQL) => sql`case
  when ${used} < w.quota then null
  when w.wait is null then ${expiresAt}
  else ${now} + make_interval(secs => least(w.wait, 2 ^ least(${used} - w.quota, 30)))
end`

/**
 * The maximum number of counters of a request. PostgreSQL assumes that a function returns a hundred rows and then
 * prefers to read a whole table; the LIMIT gives it a better estimate.
 */
export const maxCounters = 8
const limitOfRows = sql.raw(String(maxCounters))

/**
 * Takes an attempt from each counter in `wanted` (JSON) at the time `now`; see `takeAttempt`. Raw SQL, because Drizzle
 * supports neither ON CONFLICT … SET (…) = (SELECT …) nor INSERT … ORDER BY.
 */
export const takeQuery = prepared((db) => {
  const now = sql`${sql.placeholder('now')}::timestamptz`
  // Cast from text: drivers encode a jsonb parameter as JSON a second time.
  const wanted = db.$with('wanted', {}).as(sql`
    select * from (
      select * from jsonb_to_recordset(${sql.placeholder('wanted')}::text::jsonb)
        as w (key text, quota int, span float8, wait float8, pending int, unless text)
      limit ${limitOfRows}
    ) as w
    where not exists (select from limits k where k.key = w.unless and k.expires_at > ${now})`)
  // The first condition leaves all counters unchanged if one is exhausted. The last condition decides: it also sees
  // what other transactions have committed in the meantime. Rows are locked in the order of their keys, which prevents
  // deadlocks.
  const taken = db.$with('taken', {}).as(sql`
    insert into limits as l (key, used, pending, free_at, expires_at)
    select key, 1, pending, ${nextAttemptAt(sql`1`, sql`n.expires_at`, now)}, n.expires_at
    from wanted w, lateral (select ${now} + make_interval(secs => w.span)) as n (expires_at)
    where not exists (select from limits b join wanted using (key) where b.free_at > ${now})
    order by key
    on conflict (key) do update set (used, pending, free_at, expires_at) = (
      select n.used, n.pending, ${nextAttemptAt(sql`n.used`, sql`n.expires_at`, now)}, n.expires_at
      from wanted w, lateral (select
        case when l.expires_at > ${now} then l.used else 0 end + 1,
        case when l.expires_at > ${now} then l.pending else 0 end + w.pending,
        case when l.expires_at > ${now} and w.wait is null then l.expires_at else excluded.expires_at end
      ) as n (used, pending, expires_at)
      where w.key = excluded.key
    )
    where coalesce(l.free_at <= ${now}, true)
    returning key, used, pending, free_at, expires_at`)
  // PostgreSQL runs a CTE without references last. This one skips locked rows, so it never waits and blocks no one.
  const deleted = db.$with('deleted', {}).as(sql`
    delete from limits where key in (
      select key from limits where expires_at <= ${now} and key not in (select key from wanted)
      order by expires_at limit 8 for update skip locked)`)
  const seconds = (column: 'free_at' | 'expires_at') => {
    const [after, before] = [sql.raw(`t.${column}`), sql.raw(`l.${column}`)]
    const at = sql`case when t.key is null then ${before} else ${after} end`
    return sql`coalesce(extract(epoch from ${at} - ${now}), 0)`.mapWith(Number)
  }
  return db
    .with(wanted, taken, deleted)
    .select({
      key: sql<string>`w.key`,
      isTaken: sql<boolean>`t.key is not null`,
      used: sql<number>`coalesce(t.used, l.used, 0)`.mapWith(Number),
      pending: sql<number>`coalesce(t.pending, l.pending, 0)`.mapWith(Number),
      freeIn: seconds('free_at'),
      resetsIn: seconds('expires_at'),
    })
    .from(sql`wanted w left join taken t using (key) left join limits l using (key)`)
    .prepare('limits_take')
})

/** Records the outcome of the attempts in `done` (JSON), and stores a key until a given time; see `settleAttempt`. */
export const settleQuery = prepared((db) => {
  const now = sql`${sql.placeholder('now')}::timestamptz`
  const done = db.$with('done', {}).as(sql`
    select * from jsonb_to_recordset(${sql.placeholder('done')}::text::jsonb)
      as d (key text, back int, clear boolean)
    limit ${limitOfRows}`)
  const locked = db.$with('locked', {}).as(sql`
    select l.key from limits l join done using (key) order by l.key for update of l`)
  const settled = db.$with('settled', {}).as(sql`
    update limits l set
      used = case when d.clear then 0 else greatest(l.used - d.back, 0) end,
      pending = case when d.clear then 0 else greatest(l.pending - 1, 0) end,
      free_at = case when d.back = 0 then l.free_at end,
      -- What counts nothing any more may go.
      expires_at = case when d.clear or (d.back = 1 and l.used <= 1) then 'epoch' else l.expires_at end
    from done d
    where l.key = d.key and l.key in (select key from locked) and l.expires_at > ${now}`)
  const remembered = db.$with('remembered', {}).as(sql`
    insert into limits (key, used, pending, free_at, expires_at)
    select k, 0, 0, null, ${sql.placeholder('until')}::timestamptz
    from (select ${sql.placeholder('remembered')}::text) as r (k) where k is not null
    on conflict (key) do update set expires_at = excluded.expires_at`)
  return db
    .with(done, locked, settled, remembered)
    .select({ done: sql<number>`1` })
    .from(sql`(select 1) as one`)
    .prepare('limits_settle')
})
