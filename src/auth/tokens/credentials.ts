import type { AppContext } from '../../api/context.ts'
import { readCookie } from '../../api/session-cookies.ts'
import { ApiError } from '../../errors/api-error.ts'

/** A token in a request, and whether a cookie carried it. */
interface Credential {
  token: string
  isCookie: boolean
}

/**
 * The token of the request: from `Authorization` (with `Bearer `, `Token `, `JWT ` in any case, or no scheme), from
 * `x-access-token`, or from the cookie. Clients choose to send a header, but browsers send cookies with every request:
 * so the cookie counts only without such a header.
 * @throws ApiError auth.two_credentials for two headers
 */
export function readCredential(c: AppContext): Credential | undefined {
  const authorization = c.req.header('Authorization')
  const xAccessToken = c.req.header('x-access-token')
  // A repeated header arrives as one value with a comma, which no token contains.
  const sent = xAccessToken === undefined ? authorization : `${authorization ?? ''},${xAccessToken}`
  const tokens = (sent?.split(',') ?? []).map(withoutScheme).filter((token) => token !== '')
  if (tokens.length > 1) throw new ApiError('auth.two_credentials')
  const [token] = tokens
  if (token !== undefined) return { token, isCookie: false }
  const cookie = readCookie(c, 'access')
  return cookie ? { token: cookie, isCookie: true } : undefined
}

/** The token in the value of `Authorization`; empty if there is only a scheme. */
export function withoutScheme(value: string): string {
  return value.trim().replace(/^(?:Bearer|Token|JWT)(?: +|$)/i, '')
}
