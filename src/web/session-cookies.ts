import { decode } from 'hono/jwt'
import { clearSessionCookies, readCookie, setSessionCookies } from '../auth/cookies.ts'
import type { SessionStore, SessionTokens } from '../client/index.ts'
import type { AppContext } from '../context.ts'

/** Keeps the client's session in the cookies of the browser: what it reads is the request's, what it sets the answer's. */
export function inCookies(c: AppContext): SessionStore {
  let kept = tokensOf(c)
  return {
    get: () => kept,
    set: (session) => {
      kept = session
      if (!session) return clearSessionCookies(c)
      setSessionCookies(c, {
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

/** Whose token it says it is, unverified: the client goes on only if a refresh gives a token for the same user. */
function userOf(token: string): SessionTokens['user'] {
  try {
    return { id: String(decode(token).payload.sub) } as SessionTokens['user']
  } catch {
    return undefined
  }
}
