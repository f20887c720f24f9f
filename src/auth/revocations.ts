import { and, eq, gt, isNotNull, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { sessions } from './sessions.table.ts'

/** Knows which sessions have ended while their access tokens are still alive. */
export interface Revocations {
  /** Whether the session has ended; a promise when the database must be asked. */
  isRevoked(sessionId: string, db: Database): boolean | Promise<boolean>
  /** Sessions that this server has just ended: it refuses them from the next request on. */
  add(sessionIds: readonly string[]): void
}

/** Asks the database at every request: for Workers, whose instances live too short to keep a list. */
export function revocationsByLookUp(): Revocations {
  return { isRevoked: lookUp, add: () => {} }
}

interface ListOptions {
  connect(): Database
  /** Seconds that an access token can live: older ends need not be remembered. */
  tokenLife: number
  /** Whether other processes use the same database. */
  isShared: boolean
}

/** How often the list is brought up to date, and how old it may be to be believed, in milliseconds. */
const pollEvery = 300
const believedFor = 800
/** Without guarded requests for so long nothing is polled. */
const idleAfter = 30_000
/** A poll looks this far back, in seconds, beyond the last one: statements under way commit within it. */
const overlap = 10

/**
 * Keeps the sessions that have ended in memory, so that a guarded request costs no look-up. A few times a
 * second the database is asked for new ends; that also works through poolers, which LISTEN does not. When
 * the list is older than 0.8 s (at start, after a pause, while the database cannot be reached) each request
 * looks its session up instead: an ended session is never let through for longer than a second.
 */
export function revocationsByList({ connect, tokenLife, isShared }: ListOptions) {
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
    .select({ endedAt: sessions.endedAt })
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare('sessions_look_up'),
)

/** A session that is not there any more has ended, too. */
async function lookUp(sessionId: string, db: Database): Promise<boolean> {
  const [session] = await lookUpQuery(db).execute({ id: sessionId })
  return !session || session.endedAt !== null
}

const endedQuery = prepared((db) =>
  db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        isNotNull(sessions.endedAt),
        // The database's own clock wrote the times, and it reads them: servers' clocks play no part.
        gt(sessions.endedAt, sql`now() - make_interval(secs => ${sql.placeholder('seconds')})`),
      ),
    )
    .prepare('sessions_ended'),
)

async function endedWithin(db: Database, seconds: number): Promise<string[]> {
  const rows = await endedQuery(db).execute({ seconds })
  return rows.map((row) => row.id)
}
