import type { AppContext } from '../../api/context.ts'
import { readCookie } from '../../api/session-cookies.ts'
import { ApiError } from '../../errors/api-error.ts'

/** A token that a request carries, and whether a cookie did. */
interface Credential {
  token: string
  isCookie: boolean
}

/**
 * The token of the request: from `Authorization` (as it is or after `Bearer `, `Token ` or `JWT `, in any case), from
 * `x-access-token`, or from the cookie. A header is the client's choice, a cookie is only there: so the cookie counts
 * where no header carries a credential. @throws ApiError auth.two_credentials for two headers
 */
export function readCredential(c: AppContext): Credential | undefined {
  const authorization = c.req.header('Authorization')
  const xAccessToken = c.req.header('x-access-token')
  // The same header twice arrives joined by commas, which no token has.
  const sent = xAccessToken === undefined ? authorization : `${authorization ?? ''},${xAccessToken}`
  const tokens = (sent?.split(',') ?? []).map(withoutScheme).filter((token) => token !== '')
  if (tokens.length > 1) throw new ApiError('auth.two_credentials')
  const [token] = tokens
  if (token !== undefined) return { token, isCookie: false }
  const cookie = readCookie(c, 'access')
  return cookie ? { token: cookie, isCookie: true } : undefined
}

/** The token in the value of `Authorization`; empty if there is a scheme alone. */
export function withoutScheme(value: string): string {
  return value.trim().replace(/^(?:Bearer|Token|JWT)(?: +|$)/i, '')
}
