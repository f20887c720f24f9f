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
  /** Seconds that an access token can live: older ends need not be remembered. */
  tokenLife: number
  /** Seconds in which a statement that ends sessions is committed, or given up. */
  deadline: number
  /** Whether other processes use the same database. */
  isShared: boolean
}

/** How often the list is brought up to date, and how old it may be to be believed, in milliseconds. */
const pollEvery = 300
const believedFor = 800
/** Without guarded requests for so long nothing is polled. */
const idleAfter = 30_000

/**
 * Keeps the sessions that have ended in memory, so that a guarded request costs no look-up. A few times a
 * second the database is asked for new ends; that also works through poolers, which LISTEN does not. When
 * the list is older than 0.8 s (at start, after a pause, while the database cannot be reached) each request
 * looks its session up instead: an ended session is never let through for longer than a second.
 */
export function revocationsByList({ connect, tokenLife, deadline, isShared }: ListOptions) {
  // A poll looks further back than the last one, since a statement that had begun then may be committed only now.
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
      // Not known anew: requests look their sessions up, and say so if the database is away.
    }
    for (const [id, until] of ended) if (until < startedAt) ended.delete(id)
    schedule()
  }

  const schedule = () => {
    const isWanted = isShared ? performance.now() - usedAt < idleAfter : !isKnown()
    timer = isWanted && !isClosed ? setTimeout(poll, pollEvery).unref() : undefined
  }

  /** Alone on its database a server knows its own list for good once it has loaded it. */
  const isKnown = () => performance.now() - knownAt < (isShared ? believedFor : Number.POSITIVE_INFINITY)

  return {
    isRevoked(sessionId: string, db: Database) {
      if (ended.has(sessionId)) return true
      usedAt = performance.now()
      if (!timer) schedule()
      return isKnown() ? false : lookUp(sessionId, db)
    },
    add: remember,
    /** How many are remembered, and seconds since the database was last asked, or since the start. */
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

/** A session has also ended when it is not there any more, or when its account is of another generation. */
async function lookUp(sessionId: string, db: Database): Promise<boolean> {
  const open = await lookUpQuery(db).execute({ id: sessionId })
  return open.length === 0
}

/**
 * Sessions that were ended, and those that nobody could end: a change of the account did not see them, because they
 * were stored after it had begun. They have the generation of before, or no account.
 */
const endedQuery = prepared((db) => {
  // The database's own clock wrote the times, and it reads them: servers' clocks play no part.
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
