import { lt, or, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { apiTokens } from './api-tokens.table.ts'

/**
 * Days that a token is kept after it was revoked or has expired. Until then the response to it is `auth.token_revoked` or
 * `auth.token_expired`, and not `auth.token_invalid`.
 */
const keptFor = 30

/** Deletes tokens that ended some time ago, and returns their number. */
export async function cleanUpApiTokens(db: Database): Promise<number> {
  const limit = sql`now() - make_interval(days => ${keptFor})`
  const deleted = await db
    .delete(apiTokens)
    .where(or(lt(apiTokens.expiresAt, limit), lt(apiTokens.revokedAt, limit)))
    .returning({ id: apiTokens.id })
  return deleted.length
}
