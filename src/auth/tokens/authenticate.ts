import type { AppContext, CurrentUser } from '../../api/context.ts'
import { requireSameOrigin } from '../../api/session-cookies.ts'
import { ApiError } from '../../errors/api-error.ts'
import { verifyAccessToken } from './access-tokens.ts'
import { readCredential } from './credentials.ts'

/**
 * The user whose access token the request carries, if the session of that token has not ended.
 * @throws ApiError with one of the 401 and 403 that `guardProblems` documents
 */
export async function authenticate(c: AppContext): Promise<CurrentUser> {
  const deps = c.get('deps')
  const user = await verifyAccessToken(readToken(c), deps)
  const isRevoked = deps.revocations.isRevoked(user.sessionId, c.get('db'))
  if (isRevoked === true || (isRevoked !== false && (await isRevoked)))
    throw new ApiError('auth.session_revoked')
  return user
}

/** The token of the request. A cookie counts for unsafe methods only with proof that our own page sent it. */
function readToken(c: AppContext): string {
  const credential = readCredential(c)
  if (!credential) throw new ApiError('auth.token_missing')
  if (credential.isCookie) requireSameOrigin(c)
  return credential.token
}
