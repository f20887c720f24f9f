import { and, desc, eq, gt, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser, Deps } from '../context.ts'
import type { Database } from '../db/client.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import { accountColumns } from '../users/users.service.ts'
import { users } from '../users/users.table.ts'
import type { RefreshToken } from './refresh-tokens.ts'
import { firstRefreshToken, hashOf, successorOf } from './refresh-tokens.ts'
import { type EndReason, sessions } from './sessions.table.ts'

/** Where a session is used from. */
export interface Device {
  userAgent: string | undefined
  address: string
}

type Lifetimes = Pick<Deps, 'config' | 'now'>

/** The row of a new session and its first refresh token. */
export function newSession(userId: string, device: Device, { config, now }: Lifetimes) {
  const token = firstRefreshToken()
  const at = now()
  const row = {
    id: token.sessionId,
    userId,
    ...device,
    createdAt: new Date(at),
    lastUsedAt: new Date(at),
    expiresAt: new Date(at + Math.min(config.REFRESH_TOKEN_TTL, config.SESSION_MAX_AGE) * 1000),
    refreshHash: hashOf(token),
  }
  return { row, token }
}

const sessionState = {
  refreshHash: sessions.refreshHash,
  previousHash: sessions.previousHash,
  rotatedAt: sessions.rotatedAt,
  expiresAt: sessions.expiresAt,
  endedAt: sessions.endedAt,
}

const rotateQuery = prepared((db) => {
  const { placeholder } = sql
  const now = sql`${placeholder('now')}::timestamptz`
  return db
    .update(sessions)
    .set({
      userAgent: sql`coalesce(${placeholder('userAgent')}, ${sessions.userAgent})`,
      address: sql`${placeholder('address')}`,
      refreshHash: sql`${placeholder('next')}`,
      previousHash: sql`${placeholder('presented')}`,
      rotatedAt: now,
      lastUsedAt: now,
      expiresAt: sql`least(${placeholder('expiresAt')}::timestamptz, ${sessions.createdAt} + make_interval(secs => ${placeholder('maxAge')}))`,
    })
    .from(users)
    .where(
      and(
        eq(sessions.id, placeholder('id')),
        eq(sessions.refreshHash, placeholder('presented')),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, now),
        eq(users.id, sessions.userId),
        isNull(users.disabledAt),
      ),
    )
    .returning({ ...accountColumns, sessionExpiresAt: sessions.expiresAt })
    .prepare('sessions_rotate')
})

/**
 * Exchanges a refresh token for its successor: one statement, of which only one of many at once finds the
 * token still current. The others, and retries within REFRESH_GRACE, are given the same successor. Later
 * use of a replaced token ends the session: either the client or a thief holds a copy.
 * @throws ApiError auth.session_revoked, auth.refresh_expired, auth.refresh_reused
 */
export async function rotate(
  db: Database,
  { token, device }: { token: RefreshToken; device: Device },
  deps: Deps,
) {
  const presented = hashOf(token)
  const successors = deps.keys.refresh.map((mac) => successorOf(token, mac))
  const [next] = successors
  if (!next) throw new Error('No key for refresh tokens.')
  const now = deps.now()
  const [rotated] = await rotateQuery(db).execute({
    id: token.sessionId,
    presented,
    next: hashOf(next),
    userAgent: device.userAgent ?? null,
    address: device.address,
    now: new Date(now).toISOString(),
    expiresAt: new Date(now + deps.config.REFRESH_TOKEN_TTL * 1000).toISOString(),
    maxAge: deps.config.SESSION_MAX_AGE,
  })
  if (rotated) {
    const { sessionExpiresAt, ...user } = rotated
    return { user, token: next, expiresAt: sessionExpiresAt }
  }
  return retried(db, { token, presented, successors }, deps)
}

interface Retry {
  token: RefreshToken
  presented: string
  successors: RefreshToken[]
}

/** What to answer to a token that is not the current one. */
async function retried(db: Database, { token, presented, successors }: Retry, deps: Deps) {
  const now = deps.now()
  const [row] = await db
    .select({ ...accountColumns, ...sessionState })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, token.sessionId))
  if (!row || row.endedAt || row.disabledAt) throw new ApiError('auth.session_revoked')
  const { refreshHash, previousHash, rotatedAt, expiresAt, endedAt: _, ...user } = row
  if (expiresAt.getTime() <= now) throw new ApiError('auth.refresh_expired')
  const isRetry =
    previousHash === presented && (rotatedAt?.getTime() ?? 0) + deps.config.REFRESH_GRACE * 1000 > now
  if (!isRetry) throw new ApiError('auth.refresh_reused')
  // Another key may have come to the front since the first answer: the successor is the one that is stored.
  for (const successor of successors) {
    if (hashOf(successor) === refreshHash) return { user, token: successor, expiresAt }
  }
  throw new ApiError('auth.refresh_expired')
}

interface EndSessions {
  userId: string
  reason: EndReason
  /** Only this one. */
  only?: string
  /** All but this one. */
  except?: string
}

/** Ends sessions that are still open; they are refused here at once and elsewhere within a second. */
export async function endSessions(db: Database, { userId, reason, only, except }: EndSessions, deps: Deps) {
  const ended = await db
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: reason })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.endedAt),
        only ? eq(sessions.id, only) : undefined,
        except ? ne(sessions.id, except) : undefined,
      ),
    )
    .returning({ id: sessions.id })
  const ids = ended.map((session) => session.id)
  deps.revocations.add(ids)
  return ids
}

/** Ends the session of a refresh token that was used again. Gives its user, if there still is one. */
export async function endReusedSession(db: Database, sessionId: string, deps: Deps): Promise<string | null> {
  const [ended] = await db
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: 'reuse' })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt)))
    .returning({ userId: sessions.userId })
  deps.revocations.add([sessionId])
  return ended?.userId ?? null
}

interface ListSessions {
  user: CurrentUser
  before?: string | undefined
  limit: number
}

/** The open sessions of a user, newest first. */
export function listSessions(db: Database, { user, before, limit }: ListSessions, { now }: Lifetimes) {
  const conditions: (SQL | undefined)[] = [
    eq(sessions.userId, user.id),
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, new Date(now())),
    before ? lt(sessions.id, before) : undefined,
  ]
  return db
    .select(sessionColumns)
    .from(sessions)
    .where(and(...conditions))
    .orderBy(desc(sessions.id))
    .limit(limit)
}

export const sessionColumns = {
  id: sessions.id,
  userAgent: sessions.userAgent,
  address: sessions.address,
  createdAt: sessions.createdAt,
  lastUsedAt: sessions.lastUsedAt,
  expiresAt: sessions.expiresAt,
}
