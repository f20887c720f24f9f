import type { AppContext, Authenticate, SessionUser } from '../../api/context.ts'
import { requireSameOrigin } from '../../api/session-cookies.ts'
import type { Config } from '../../config/config.ts'
import { ApiError } from '../../errors/api-error.ts'
import { apiTokenAuthentication } from '../api-tokens/authenticate-api-token.ts'
import { isApiToken } from '../api-tokens/token-format.ts'
import { verifyAccessToken } from './access-tokens.ts'
import { readCredential } from './credentials.ts'

/**
 * Returns a function that finds the user of a request, by an access token or an API token. The prefix tells them apart.
 * @throws ApiError with one of the 401, 403 and 429 that `guardProblems` documents
 */
export function createAuthenticate(config: Config): Authenticate {
  const authenticateApiToken = apiTokenAuthentication(config)
  return async (c) => {
    const token = readToken(c)
    return isApiToken(token) ? authenticateApiToken(c, token) : authenticateSession(c, token)
  }
}

/** The user of an access token, if its session has not ended. */
async function authenticateSession(c: AppContext, token: string): Promise<SessionUser> {
  const deps = c.get('deps')
  const user = await verifyAccessToken(token, deps)
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
