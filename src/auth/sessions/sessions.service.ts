import { and, desc, eq, gt, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { Deps, SessionUser } from '../../api/context.ts'
import type { Mac } from '../../api/ports.ts'
import type { EndReason } from '../../audit/end-reasons.ts'
import type { Database } from '../../db/database.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { ApiError } from '../../errors/api-error.ts'
import { accountColumns, type readUser } from '../../users/users.service.ts'
import { users } from '../../users/users.table.ts'
import type { RefreshToken } from './refresh-tokens.ts'
import { firstRefreshToken, hashOf, successorOf } from './refresh-tokens.ts'
import { sessions } from './sessions.table.ts'

/** A device that uses a session. */
export interface Device {
  userAgent: string | undefined
  address: string
}

type AccountRow = Awaited<ReturnType<typeof readUser>>
type Lifetimes = Pick<Deps, 'config' | 'now'>

/**
 * Makes the row of a new session, with the generation at which the password was checked, and the first refresh token.
 */
export function newSession(
  user: { id: string; generation: number },
  device: Device,
  { config, now }: Lifetimes,
) {
  const token = firstRefreshToken()
  const at = now()
  const row = {
    id: token.sessionId,
    userId: user.id,
    generation: user.generation,
    ...device,
    createdAt: new Date(at),
    lastUsedAt: new Date(at),
    expiresAt: new Date(at + Math.min(config.REFRESH_TOKEN_TTL, config.SESSION_MAX_AGE) * 1000),
    refreshHash: hashOf(token),
  }
  return { row, token }
}

/** True for a session that is not ended by a change of its account's password, role or state. */
const hasCurrentGeneration = eq(sessions.generation, users.generation)

const rotateQuery = prepared((db) => {
  const { placeholder } = sql
  const now = sql`${placeholder('now')}::timestamptz`
  return db
    .update(sessions)
    .set({
      userAgent: sql`coalesce(${placeholder('userAgent')}, ${sessions.userAgent})`,
      address: sql`${placeholder('address')}`,
      refreshHash: sql`${placeholder('next')}`,
      replacedTokens: sql`(
        select coalesce(jsonb_agg(token), '[]') from jsonb_array_elements(${sessions.replacedTokens}) as token
        where (token->>'at')::bigint > ${placeholder('graceFrom')}::bigint
      ) || jsonb_build_object('hash', ${placeholder('presented')}::text, 'at', ${placeholder('at')}::bigint)`,
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
        hasCurrentGeneration,
        isNull(users.disabledAt),
      ),
    )
    .returning({ ...accountColumns, sessionExpiresAt: sessions.expiresAt })
    .prepare('sessions_rotate')
})

/**
 * Exchanges a refresh token for its successor. One statement does it, so of several concurrent requests only one finds
 * the token current. The others, and retries within REFRESH_GRACE, get the token that is then current. A later use of a
 * replaced token ends the session: the client or a thief has a copy (RFC 9700, section 4.14.2).
 * @throws ApiError auth.session_revoked, auth.refresh_expired, auth.refresh_reused
 */
export async function rotate(
  db: Database,
  request: { token: RefreshToken; device: Device },
  deps: Deps,
  isLastTry = false,
): Promise<{ user: AccountRow; token: RefreshToken; expiresAt: Date }> {
  const { token, device } = request
  const next = successorOf(token, deps.keys.refresh[0])
  const now = deps.now()
  const [rotated] = await rotateQuery(db).execute({
    id: token.sessionId,
    presented: hashOf(token),
    next: hashOf(next),
    userAgent: device.userAgent ?? null,
    address: device.address,
    now: new Date(now).toISOString(),
    at: now,
    graceFrom: graceFrom(deps),
    expiresAt: new Date(now + deps.config.REFRESH_TOKEN_TTL * 1000).toISOString(),
    maxAge: deps.config.SESSION_MAX_AGE,
  })
  if (rotated) {
    const { sessionExpiresAt, ...user } = rotated
    return { user, token: next, expiresAt: sessionExpiresAt }
  }
  // The statement may have waited for a new password that this session survives, and seen half of that change: the new
  // generation of the session, and the old one of its user.
  return (await retried(db, token, deps)) ?? (isLastTry ? refuseRevoked() : rotate(db, request, deps, true))
}

function refuseRevoked(): never {
  throw new ApiError('auth.session_revoked')
}

/** A client may send a token again if it was replaced after this time, in milliseconds since 1970. */
function graceFrom({ config, now }: Lifetimes): number {
  return now() - config.REFRESH_GRACE * 1000
}

/** The response to a token that was not rotated; undefined for a token that is the current one after all. */
async function retried(db: Database, token: RefreshToken, deps: Deps) {
  const [row] = await db
    .select({
      user: accountColumns,
      refreshHash: sessions.refreshHash,
      replacedTokens: sessions.replacedTokens,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, token.sessionId),
        isNull(sessions.endedAt),
        hasCurrentGeneration,
        isNull(users.disabledAt),
      ),
    )
  if (!row) return refuseRevoked()
  const { user, expiresAt } = row
  if (expiresAt.getTime() <= deps.now()) throw new ApiError('auth.refresh_expired')
  if (row.refreshHash === hashOf(token)) return undefined
  const replaced = row.replacedTokens.filter(({ at }) => at > graceFrom(deps)).map(({ hash }) => hash)
  if (!replaced.includes(hashOf(token))) throw new ApiError('auth.refresh_reused')
  const current = follow(token, { to: row.refreshHash, over: new Set(replaced) }, deps.keys.refresh)
  if (!current) throw new ApiError('auth.refresh_expired')
  return { user, token: current, expiresAt }
}

/**
 * The newest successor of a token. Each successor was derived with the first key of its time; the stored hashes show
 * which one. Undefined if that key was removed.
 */
function follow(
  token: RefreshToken,
  { to, over }: { to: string; over: Set<string> },
  macs: readonly Mac[],
): RefreshToken | undefined {
  let current: RefreshToken | undefined = token
  while (current && hashOf(current) !== to) {
    over.delete(hashOf(current))
    current = macs
      .map((mac) => successorOf(current as RefreshToken, mac))
      .find((successor) => hashOf(successor) === to || over.has(hashOf(successor)))
  }
  return current
}

interface EndSessions {
  userId: string
  reason: EndReason
  /** Only this session. */
  only?: string
  /** All sessions except this one. */
  except?: string
}

/** Ends open sessions. This process refuses them at once, the others within a second. */
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

/**
 * Ends the session of a refresh token that was used again. Returns its user's id, or null if the account was deleted.
 */
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
  user: SessionUser
  before?: string | undefined
  limit: number
}

/** Lists the open sessions of a user, newest first. */
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
    .innerJoin(users, and(eq(users.id, sessions.userId), hasCurrentGeneration))
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
