import { lt, or, sql } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { apiTokens } from './api-tokens.table.ts'

/** Days that a token is kept after it was revoked or has expired: until then its use is told from an invented one. */
const keptFor = 30

/** Deletes the tokens that are of no use any more. */
export async function cleanUpApiTokens(db: Database): Promise<number> {
  const limit = sql`now() - make_interval(days => ${keptFor})`
  const gone = await db
    .delete(apiTokens)
    .where(or(lt(apiTokens.expiresAt, limit), lt(apiTokens.revokedAt, limit)))
    .returning({ id: apiTokens.id })
  return gone.length
}
