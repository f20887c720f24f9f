import { eq, sql } from 'drizzle-orm'
import type { ApiTokens, TokenState } from '../../api/ports.ts'
import type { Database } from '../../db/database.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { singleFlight } from '../../db/fast-path/single-flight.ts'
import { users } from '../../users/users.table.ts'
import { apiTokens } from './api-tokens.table.ts'
import { hashOf } from './token-format.ts'

/** Maximum age of a cached token, in milliseconds. Changes on other servers take effect here after this time. */
const maxAge = 500

/** Maximum number of cached tokens, about 5 MB. Beyond it, the oldest are dropped. */
const maxTokens = 10_000

interface Entry {
  token: TokenState
  /** When the look-up began, in milliseconds of `performance.now()`; minus infinity once it is invalid. */
  at: number
}

/**
 * Caches API tokens, with the role and state of their users. A token in constant use costs two queries a second. The
 * cache needs no timer, so that it works on Workers, too.
 */
export function createTokenCache(): ApiTokens {
  const cached = new Map<string, Entry>()
  const inFlight = singleFlight<TokenState | undefined>()
  let changes = 0

  const lookUp = async (text: string, db: Database) => {
    const [at, seen] = [performance.now(), changes]
    const hash = hashOf(text)
    const token = await inFlight(db, hash, () => findByHash(db, hash))
    // After a change during the look-up the result may be outdated, so the next request reads it again.
    if (token === undefined) cached.delete(text)
    else if (changes === seen) store(text, { token, at })
    return token
  }

  const store = (text: string, entry: Entry) => {
    cached.delete(text) // moves the token to the end of the queue
    cached.set(text, entry)
    const [oldest] = cached.size > maxTokens ? cached.keys() : []
    if (oldest !== undefined) cached.delete(oldest)
  }

  return {
    find(text, db) {
      const entry = cached.get(text)
      return entry && performance.now() - entry.at < maxAge ? entry.token : lookUp(text, db)
    },
    isCached: (text) => cached.has(text),
    invalidate(changed) {
      changes++
      for (const entry of cached.values()) {
        const { id, userId } = entry.token
        if ('tokenId' in changed ? id === changed.tokenId : userId === changed.userId)
          entry.at = Number.NEGATIVE_INFINITY
      }
    },
  }
}

/** Finds the token by a unique index, and its user by the primary key. */
const findQuery = prepared((db) =>
  db
    .select({
      id: apiTokens.id,
      userId: apiTokens.userId,
      role: users.role,
      scopes: apiTokens.scopes,
      createdAt: apiTokens.createdAt,
      expiresAt: apiTokens.expiresAt,
      isRevoked: sql<boolean>`${apiTokens.revokedAt} is not null or ${apiTokens.generation} < ${users.tokenGeneration}`,
      isDisabled: sql<boolean>`${users.disabledAt} is not null`,
      lastUsedAt: apiTokens.lastUsedAt,
      networks: apiTokens.networks,
    })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(eq(apiTokens.tokenHash, sql.placeholder('hash')))
    .prepare('api_tokens_find'),
)

async function findByHash(db: Database, hash: string): Promise<TokenState | undefined> {
  const [token] = await findQuery(db).execute({ hash })
  return token
}
