import type { AppContext } from '../../api/context.ts'
import { setSessionCookies } from '../../api/session-cookies.ts'
import { clientAddress } from '../../http/client-address.ts'
import { toAccount } from '../../users/users.schemas.ts'
import type { Session } from '../log-in/log-in.schemas.ts'
import type { OpenedSession } from '../log-in/log-in.service.ts'
import { issueAccessToken } from '../tokens/access-tokens.ts'
import { writeRefreshToken } from './refresh-tokens.ts'
import type { Device } from './sessions.service.ts'

/** The device that the request comes from. */
export function deviceOf(c: AppContext): Device {
  return { userAgent: c.req.header('User-Agent')?.slice(0, 512), address: clientAddress(c) }
}

/** The response with the tokens of a session; sets cookies too if the client asked for them. */
export async function toSession(
  c: AppContext,
  { user, token, expiresAt }: OpenedSession,
  { carrier }: { carrier: 'body' | 'cookie' },
): Promise<Session> {
  const { deps } = c.var
  const accessToken = await issueAccessToken(
    { id: user.id, role: user.role, sessionId: token.sessionId },
    deps,
  )
  const refreshToken = writeRefreshToken(token, deps.keys.refresh[0])
  const refreshExpiresIn = Math.max(1, Math.floor((expiresAt.getTime() - deps.now()) / 1000))
  if (carrier === 'cookie') setSessionCookies(c, { accessToken, refreshToken, refreshExpiresIn })
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: Math.floor(deps.config.ACCESS_TOKEN_TTL),
    refresh_token: refreshToken,
    refresh_expires_in: refreshExpiresIn,
    user: toAccount(user),
  }
}
