import { auth as readBasic } from 'hono/utils/basic-auth'
import type { AppContext } from '../../api/context.ts'
import { namespace } from '../../api/namespace.ts'
import { body, empty, fastJson, jsonResponse, noBody } from '../../api/responses.ts'
import { clearSessionCookies, readCookie, requireSameOrigin } from '../../api/session-cookies.ts'
import { audit } from '../../audit/audit.service.ts'
import { ApiError } from '../../errors/api-error.ts'
import { hasBody } from '../../http/read-body.ts'
import { createRouter } from '../../http/router.ts'
import { limitRefresh, limitRegistration } from '../../limits/address-limits.ts'
import { limitLogIn } from '../../limits/log-in-limit.ts'
import { RegisterUser, toAccount } from '../../users/users.schemas.ts'
import { readRefreshToken } from '../sessions/refresh-tokens.ts'
import { deviceOf, toSession } from '../sessions/session-response.ts'
import { endReusedSession, endSessions, rotate } from '../sessions/sessions.service.ts'
import { readCredential } from '../tokens/credentials.ts'
import { Carrier, LogIn, Refresh, Session, toSessionInfo, WhoAmI } from './log-in.schemas.ts'
import { FailedLogIn, logIn, readSession, register } from './log-in.service.ts'

const users = namespace('Users')
const auth = namespace('Auth', 'Logging in, and who a token speaks for.')

const registerUser = users.route({
  operationId: 'registerUser',
  method: 'post',
  path: '/users',
  summary: 'Register',
  description: 'Makes an account and logs in at once: the answer carries the tokens of its first session.',
  request: { body: body(RegisterUser) },
  responses: { 201: jsonResponse(Session, 'The account was made.', 'Location') },
  problems: ['users.username_taken', 'users.email_taken', 'service.overloaded'],
  limit: 'register',
})

const createToken = auth.route({
  operationId: 'createToken',
  method: 'post',
  path: '/auth/token',
  summary: 'Log in',
  description:
    'With a JSON body, or with HTTP Basic (RFC 7617) and no body. Username and e-mail address are both good.',
  security: [{ basic: [] }, {}],
  request: { query: Carrier, body: body(LogIn, { required: false }) },
  responses: { 200: jsonResponse(Session, 'Logged in.', 'Set-Cookie') },
  problems: [
    'auth.bad_credentials',
    'auth.credentials_missing',
    'auth.two_credentials',
    'service.overloaded',
  ],
  limit: 'logIn',
})

const refresh = auth.route({
  operationId: 'refreshToken',
  method: 'post',
  path: '/auth/refresh',
  summary: 'Get new tokens',
  description: `Exchanges a refresh token for new tokens. Each is good once: sent again within seconds (a retry, a second
tab) it gives the same successor; later it ends the session, since somebody else may hold a copy. Browsers
that carry their tokens in cookies send no body.`,
  request: { query: Carrier, body: body(Refresh, { required: false }) },
  responses: { 200: jsonResponse(Session, 'New tokens.', 'Set-Cookie') },
  problems: [
    'auth.refresh_missing',
    'auth.refresh_invalid',
    'auth.refresh_expired',
    'auth.refresh_reused',
    'auth.session_revoked',
    'auth.cross_site',
  ],
  limit: 'refresh',
})

const logOut = auth.secured({
  operationId: 'logOut',
  method: 'post',
  path: '/auth/logout',
  scope: 'session',
  summary: 'Log out',
  description: 'Ends the session of the token: here at once, on every other server within a second.',
  responses: { 204: noBody('Logged out.', 'Set-Cookie') },
})

const whoAmI = auth.secured({
  operationId: 'whoAmI',
  method: 'get',
  path: '/auth/whoami',
  scope: 'session',
  summary: 'Who am I?',
  description: 'The account and the session of the token.',
  responses: { 200: jsonResponse(WhoAmI, 'You.') },
})

export const authRoutes = createRouter()
  .openapi(createToken, async (c) => {
    const credentials = credentialsOf(c, c.req.valid('json'))
    const opened = await limitLogIn(c, credentials.username, () =>
      logIn(c.var.db, { ...credentials, device: deviceOf(c) }, c.var.deps),
    ).catch(async (error) => {
      if (error instanceof FailedLogIn)
        await audit(c, { action: 'session.login_failed', userId: error.userId })
      throw error
    })
    await audit(c, { action: 'session.logged_in', userId: opened.user.id, sessionId: opened.token.sessionId })
    return c.json(await toSession(c, opened, c.req.valid('query')), 200)
  })
  .openapi(refresh, async (c) => {
    await limitRefresh(c)
    const token = readRefreshToken(refreshTokenOf(c, c.req.valid('json')), c.var.deps.keys.refresh)
    if (!token) throw new ApiError('auth.refresh_invalid')
    const opened = await rotate(c.var.db, { token, device: deviceOf(c) }, c.var.deps).catch(async (error) => {
      if (error instanceof ApiError && error.code === 'auth.refresh_reused') {
        const userId = await endReusedSession(c.var.db, token.sessionId, c.var.deps)
        await audit(c, {
          action: 'session.reuse_detected',
          userId: userId ?? undefined,
          sessionId: token.sessionId,
        })
      }
      throw error
    })
    await audit(c, { action: 'session.refreshed', userId: opened.user.id, sessionId: token.sessionId })
    return c.json(await toSession(c, opened, c.req.valid('query')), 200)
  })
  .openapi(logOut, async (c) => {
    const { id, sessionId } = c.var.user
    await endSessions(c.var.db, { userId: id, only: sessionId, reason: 'logout' }, c.var.deps)
    await audit(c, { action: 'session.ended', userId: id, detail: { reason: 'logout' } })
    if (readCredential(c)?.isCookie) clearSessionCookies(c)
    return empty(c, 204)
  })
  .openapi(whoAmI, async (c) => {
    const { user, session } = await readSession(c.get('db'), c.get('user'))
    const you: WhoAmI = {
      logged_in_as: user.username,
      user: toAccount(user),
      session: toSessionInfo(session, c.get('user').sessionId),
    }
    return fastJson(c, you, 200)
  })
  .openapi(registerUser, async (c) => {
    const account = c.req.valid('json')
    const opened = await limitRegistration(c, () =>
      register(c.var.db, { account, device: deviceOf(c) }, c.var.deps),
    )
    await audit(c, { action: 'user.registered', userId: opened.user.id, sessionId: opened.token.sessionId })
    return c.json(await toSession(c, opened, { carrier: 'body' }), 201, {
      Location: `/users/${opened.user.id}`,
    })
  })

/** The credentials in the body or in HTTP Basic. Both together are refused, since they may name different users. */
function credentialsOf(c: AppContext, json: LogIn): LogIn {
  const authorization = c.req.header('Authorization') ?? ''
  const isBasic = /^basic\b/i.test(authorization)
  const given = [hasBody(c), authorization, c.req.header('x-access-token')].filter(Boolean)
  if (given.length > 1) throw new ApiError('auth.two_credentials')
  if (hasBody(c)) return json
  if (!isBasic) throw new ApiError('auth.credentials_missing')
  const basic = LogIn.safeParse(readBasic(c.req.raw)).data
  if (!basic) throw new FailedLogIn(undefined)
  return basic
}

/** The refresh token in the body, otherwise in the cookie if our own page sent the request. */
function refreshTokenOf(c: AppContext, json: Refresh): string {
  if (hasBody(c)) return json.refresh_token
  const cookie = readCookie(c, 'refresh')
  if (!cookie) throw new ApiError('auth.refresh_missing')
  requireSameOrigin(c)
  return cookie
}
