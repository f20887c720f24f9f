import { auth as readBasic } from 'hono/utils/basic-auth'
import type { AppContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { namespace } from '../http/namespace.ts'
import { hasBody } from '../http/read-body.ts'
import { answer, body } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'
import { RegisterUser, toAccount } from '../users/users.schemas.ts'
import { LogIn, Session, WhoAmI } from './auth.schemas.ts'
import { type AccountRow, type Device, logIn, readSession, register } from './auth.service.ts'
import { issueAccessToken } from './tokens.ts'

const users = namespace('Users')
const auth = namespace('Auth')

const registerUser = users.route({
  operationId: 'registerUser',
  method: 'post',
  path: '/users',
  summary: 'Register',
  description: 'Makes an account and logs in at once: the answer carries an access token.',
  request: { body: body(RegisterUser) },
  responses: { 201: answer(Session, 'The account was made.', 'Location') },
  problems: ['users.username_taken', 'users.email_taken', 'service.overloaded'],
})

const createToken = auth.route({
  operationId: 'createToken',
  method: 'post',
  path: '/auth/token',
  summary: 'Log in',
  description:
    'With a JSON body, or with HTTP Basic (RFC 7617) and no body. Username and e-mail address are both good.',
  security: [{ basic: [] }, {}],
  request: { body: body(LogIn, { required: false }) },
  responses: { 200: answer(Session, 'Logged in.') },
  problems: [
    'auth.bad_credentials',
    'auth.credentials_missing',
    'auth.two_credentials',
    'service.overloaded',
  ],
})

const whoAmI = auth.secured({
  operationId: 'whoAmI',
  method: 'get',
  path: '/auth/whoami',
  summary: 'Who am I?',
  description: 'The account and the session of the token.',
  responses: { 200: answer(WhoAmI, 'You.') },
})

export const authRoutes = createRouter()
  .openapi(registerUser, async (c) => {
    const registration = { account: c.req.valid('json'), device: deviceOf(c) }
    const opened = await register(c.var.db, registration, c.var.deps)
    return c.json(await toSession(c, opened), 201, { Location: `/users/${opened.user.id}` })
  })
  .openapi(createToken, async (c) => {
    const opened = await logIn(
      c.var.db,
      { ...credentialsOf(c, c.req.valid('json')), device: deviceOf(c) },
      c.var.deps,
    )
    return c.json(await toSession(c, opened), 200)
  })
  .openapi(whoAmI, async (c) => {
    const { user, session } = await readSession(c.var.db, c.var.user)
    return c.json(
      {
        logged_in_as: user.username,
        user: toAccount(user),
        session: { id: session.id, created_at: session.createdAt.toISOString() },
      } satisfies WhoAmI,
      200,
    )
  })

/** From the body or from HTTP Basic; both at once are refused, since they could name two users. */
function credentialsOf(c: AppContext, json: LogIn): LogIn {
  const authorization = c.req.header('Authorization') ?? ''
  const isBasic = /^basic( |$)/i.test(authorization)
  if (hasBody(c.req)) {
    if (isBasic) throw new ApiError('auth.two_credentials')
    return json
  }
  if (!isBasic) throw new ApiError('auth.credentials_missing')
  const basic = LogIn.safeParse(readBasic(c.req.raw)).data
  if (!basic) throw new ApiError('auth.bad_credentials')
  return basic
}

function deviceOf(c: AppContext): Device {
  return { userAgent: c.req.header('User-Agent') }
}

async function toSession(
  c: AppContext,
  { user, sessionId }: { user: AccountRow; sessionId: string },
): Promise<Session> {
  const { deps } = c.var
  return {
    access_token: await issueAccessToken({ id: user.id, role: user.role, sessionId }, deps),
    token_type: 'Bearer',
    expires_in: Math.floor(deps.config.ACCESS_TOKEN_TTL),
    user: toAccount(user),
  }
}
