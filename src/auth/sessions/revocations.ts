import { and, eq, gt, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { unionAll } from 'drizzle-orm/pg-core'
import type { Revocations } from '../../api/ports.ts'
import type { Database } from '../../db/database.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { users } from '../../users/users.table.ts'
import { sessions } from './sessions.table.ts'

/** Knows which sessions have ended while their access tokens are still alive. */
/** Asks the database at every request: for Workers, whose instances live too short to keep a list. */
export function revocationsByLookUp(): Revocations {
  return { isRevoked: lookUp, add: () => {} }
}

interface ListOptions {
  connect(): Database
  /** Lifetime of an access token in seconds: earlier ends can be forgotten. */
  tokenLife: number
  /** Seconds after which a statement that ends sessions has been committed or cancelled. */
  deadline: number
  /** Whether other processes use the same database. */
  isShared: boolean
}

/** Milliseconds between two polls, and the greatest age of a list that is trusted. */
const pollInterval = 300
const trustedFor = 800
/** Polling stops after so many milliseconds without a guarded request. */
const idleAfter = 30_000

/**
 * Keeps the ended sessions in memory, so that a guarded request costs no query. Polls the database for new ends a few
 * times a second; unlike LISTEN, that also works through connection poolers. If the list is older than 0.8 s (at start,
 * after a pause, or without a database), each request queries its own session. So an ended session is refused after at
 * most one second.
 */
export function revocationsByList({ connect, tokenLife, deadline, isShared }: ListOptions) {
  // Polls overlap: a statement that began before the last poll may be committed only now.
  const overlap = Math.max(10, 2 * deadline)
  const ended = new Map<string, number>()
  const madeAt = performance.now()
  let knownAt = Number.NEGATIVE_INFINITY
  let usedAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  const remember = (ids: readonly string[]) => {
    const until = performance.now() + (tokenLife + overlap) * 1000
    for (const id of ids) ended.set(id, until)
  }

  const poll = async () => {
    const startedAt = performance.now()
    try {
      const lookBack = Math.min((startedAt - knownAt) / 1000, tokenLife) + overlap
      remember(await endedWithin(connect(), lookBack))
      knownAt = startedAt
    } catch {
      // The poll failed. Requests then query their sessions, and respond with 503 if the database is unavailable.
    }
    for (const [id, until] of ended) if (until < startedAt) ended.delete(id)
    schedule()
  }

  const schedule = () => {
    const isWanted = isShared ? performance.now() - usedAt < idleAfter : !isKnown()
    timer = isWanted && !isClosed ? setTimeout(poll, pollInterval).unref() : undefined
  }

  /** A process without others on its database knows every end itself, once it has loaded the list. */
  const isKnown = () => performance.now() - knownAt < (isShared ? trustedFor : Number.POSITIVE_INFINITY)

  return {
    isRevoked(sessionId: string, db: Database) {
      if (ended.has(sessionId)) return true
      usedAt = performance.now()
      if (!timer) schedule()
      return isKnown() ? false : lookUp(sessionId, db)
    },
    add: remember,
    /** The number of remembered sessions, and the seconds since the last successful poll (or since the start). */
    stats: () => ({ size: ended.size, age: (performance.now() - Math.max(knownAt, madeAt)) / 1000 }),
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  } satisfies Revocations & { close(): void; stats(): { size: number; age: number } }
}

const lookUpQuery = prepared((db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .innerJoin(users, and(eq(users.id, sessions.userId), eq(users.generation, sessions.generation)))
    .where(and(eq(sessions.id, sql.placeholder('id')), isNull(sessions.endedAt)))
    .prepare('sessions_look_up'),
)

/** A session has also ended if its row is gone, or if its account has another generation. */
async function lookUp(sessionId: string, db: Database): Promise<boolean> {
  const open = await lookUpQuery(db).execute({ id: sessionId })
  return open.length === 0
}

/**
 * The ended sessions, and those that a change of the account could not see because they were stored after it began. The
 * latter have the previous generation, or no account.
 */
const endedQuery = prepared((db) => {
  // The database's clock wrote these times and also compares them, so the clocks of servers do not matter.
  const since = sql`now() - make_interval(secs => ${sql.placeholder('seconds')})`
  const ended = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNotNull(sessions.endedAt), gt(sessions.endedAt, since)))
  const outdated = db
    .select({ id: sessions.id })
    .from(users)
    .innerJoin(sessions, and(eq(sessions.userId, users.id), ne(sessions.generation, users.generation)))
    .where(and(isNotNull(users.generationAt), gt(users.generationAt, since), isNull(sessions.endedAt)))
  const orphaned = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.userId), isNull(sessions.endedAt)))
  return unionAll(ended, outdated, orphaned).prepare('sessions_ended')
})

async function endedWithin(db: Database, seconds: number): Promise<string[]> {
  const rows = await endedQuery(db).execute({ seconds })
  return rows.map((row) => row.id)
}
