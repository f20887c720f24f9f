import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { ApiError } from '../errors/api-error.ts'
import type { AppContext } from './context.ts'

/** The two cookies of a browser session. */
type CookieToken = 'access' | 'refresh'

/**
 * The name of a cookie. Over https it has the prefix `__Host-` (RFC 6265bis, section 4.1.3.2): then neither a subdomain
 * nor a page over plain http can set it.
 */
export function cookieName(token: CookieToken, publicUrl: string | undefined): string {
  return `${publicUrl?.startsWith('https:') ? '__Host-' : ''}gatepost_${token}`
}

/** The token in a cookie, if there is one. */
export function readCookie(c: AppContext, token: CookieToken): string | undefined {
  if (!c.req.header('Cookie')) return undefined
  return getCookie(whole(c), cookieName(token, c.var.deps.config.PUBLIC_URL))
}

interface CookieTokens {
  accessToken: string
  refreshToken: string
  /** Seconds until the refresh token expires. */
  refreshExpiresIn: number
}

/** Sets the tokens as HttpOnly cookies, which no script can read. */
export function setSessionCookies(
  c: AppContext,
  { accessToken, refreshToken, refreshExpiresIn }: CookieTokens,
) {
  // The cookie lives longer than its access token, so that the response can be "token expired" rather than "not logged
  // in".
  const options = { ...attributes(c), maxAge: refreshExpiresIn }
  setCookie(whole(c), cookieName('access', publicUrlOf(c)), accessToken, options)
  setCookie(whole(c), cookieName('refresh', publicUrlOf(c)), refreshToken, options)
}

/** Deletes both cookies. */
export function clearSessionCookies(c: AppContext): void {
  deleteCookie(whole(c), cookieName('access', publicUrlOf(c)), attributes(c))
  deleteCookie(whole(c), cookieName('refresh', publicUrlOf(c)), attributes(c))
}

/**
 * Other sites can make a browser send requests with cookies (CSRF). So for an unsafe method, a cookie counts only with
 * proof that our own page sent the request: `Sec-Fetch-Site`, or `Origin` from older browsers.
 * @throws ApiError auth.cross_site
 */
export function requireSameOrigin(c: AppContext): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return
  const { CORS_ORIGINS, PUBLIC_URL } = c.var.deps.config
  const origin = c.req.header('Origin')
  if (origin && CORS_ORIGINS.includes(origin)) return
  const site = c.req.header('Sec-Fetch-Site')
  const isSame = site ? site === 'same-origin' : origin === (PUBLIC_URL ?? new URL(c.req.url).origin)
  if (!isSame) throw new ApiError('auth.cross_site')
}

/** hono/cookie expects a whole Context but uses only the parts of an AppContext. */
function whole(c: AppContext): Context {
  return c as unknown as Context
}

function publicUrlOf(c: AppContext): string | undefined {
  return c.var.deps.config.PUBLIC_URL
}

function attributes(c: AppContext) {
  const secure = publicUrlOf(c)?.startsWith('https:') ?? false
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure } as const
}
