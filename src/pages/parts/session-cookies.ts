import { decode } from 'hono/jwt'
import type { SessionTokens, StoredSession } from '../../../packages/client/src/index.ts'
import type { AppContext } from '../../api/context.ts'
import { clearSessionCookies, readCookie, setSessionCookies } from '../../api/session-cookies.ts'
import type { WebContext } from './web-env.ts'

/** Stores the client's session in cookies: reads those of the request, and sets those of the response. */
export function cookieSession(c: WebContext) {
  const context = c as unknown as AppContext // without its bindings, which are unrelated to cookies
  let kept = tokensOf(context)
  return {
    get: () => kept,
    set: (session: StoredSession | undefined) => {
      kept = session
      // The last call counts. If a response had several cookies with one name, browsers could keep any of them.
      c.header('Set-Cookie', undefined)
      if (!session) return clearSessionCookies(context)
      setSessionCookies(context, {
        accessToken: session.access_token,
        refreshToken: session.refresh_token,
        refreshExpiresIn: session.refresh_expires_in,
      })
    },
  }
}

function tokensOf(c: AppContext): SessionTokens | undefined {
  const [access_token, refresh_token] = [readCookie(c, 'access'), readCookie(c, 'refresh')]
  if (!access_token && !refresh_token) return undefined
  const user = access_token && userOf(access_token)
  return {
    ...(access_token && { access_token }),
    ...(refresh_token && { refresh_token }),
    ...(user && { user }),
  }
}

/**
 * The user that an unverified token names. The client continues only if a refresh returns a token for the same user.
 */
function userOf(token: string): SessionTokens['user'] {
  try {
    return { id: String(decode(token).payload.sub) } as SessionTokens['user']
  } catch {
    return undefined
  }
}
