import { eq, sql } from 'drizzle-orm'
import type { ApiTokens, KnownToken } from '../../api/ports.ts'
import type { Database } from '../../db/database.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { singleFlight } from '../../db/fast-path/single-flight.ts'
import { users } from '../../users/users.table.ts'
import { apiTokens } from './api-tokens.table.ts'
import { hashOf } from './token-format.ts'

/** How old what is known of a token may be, in milliseconds: a change elsewhere counts here after that time. */
const believedFor = 500

/** Some 5 MB; beyond it the oldest go. */
const mostRemembered = 10_000

interface Remembered {
  token: KnownToken
  /** When its look-up began, or earlier. */
  at: number
}

/**
 * Looks API tokens up, with the role and state that their users have now. A token that is in constant use costs two
 * look-ups a second. There is no timer, so Workers have it as well.
 */
export function rememberTokens(): ApiTokens {
  const remembered = new Map<string, Remembered>()
  const inFlight = singleFlight<KnownToken | undefined>()
  let changes = 0

  const lookUp = async (text: string, db: Database) => {
    const [at, seen] = [performance.now(), changes]
    const hash = hashOf(text)
    const token = await inFlight(db, hash, () => findByHash(db, hash))
    // What has changed since it was read is read again by the next request.
    if (token === undefined) remembered.delete(text)
    else if (changes === seen) remember(text, { token, at })
    return token
  }

  const remember = (text: string, entry: Remembered) => {
    remembered.delete(text) // to the end of the queue
    remembered.set(text, entry)
    const [oldest] = remembered.size > mostRemembered ? remembered.keys() : []
    if (oldest !== undefined) remembered.delete(oldest)
  }

  return {
    find(text, db) {
      const entry = remembered.get(text)
      return entry && performance.now() - entry.at < believedFor ? entry.token : lookUp(text, db)
    },
    isRemembered: (text) => remembered.has(text),
    forget(changed) {
      changes++
      for (const entry of remembered.values()) {
        const { id, userId } = entry.token
        if ('tokenId' in changed ? id === changed.tokenId : userId === changed.userId)
          entry.at = Number.NEGATIVE_INFINITY
      }
    },
  }
}

/** One look-up by a unique index, and one of the user by the primary key. */
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

async function findByHash(db: Database, hash: string): Promise<KnownToken | undefined> {
  const [token] = await findQuery(db).execute({ hash })
  return token
}
