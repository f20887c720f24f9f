import { z } from '@hono/zod-openapi'
import { pageParameters } from '../../api/pagination.ts'
import { address, count, dateTime, demoSessionId, output, userAgent, uuid } from '../../http/fields.ts'
import { textField } from '../../http/text.ts'
import { Account, demoPassword, LoginName, username } from '../../users/users.schemas.ts'

export const LogIn = z
  .strictObject({
    username: LoginName,
    password: textField({ min: 1, max: 1000 }).openapi({
      format: 'password',
      description: 'The password.',
      example: demoPassword,
    }),
  })
  .openapi('LogIn', { description: 'Username or e-mail address, and password.' })
export type LogIn = z.output<typeof LogIn>

// Only the form is right: a document must not contain a valid token.
const refreshTokenExample = `${demoSessionId}.${'A'.repeat(64)}`
const accessTokenExample =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTlhOWY2ZSJ9.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU'

export const Refresh = z
  .strictObject({
    refresh_token: textField({ min: 1, max: 512 }).openapi({
      description: 'As it was received.',
      example: refreshTokenExample,
    }),
  })
  .openapi('Refresh', { description: 'The refresh token of the answer before.' })
export type Refresh = z.output<typeof Refresh>

/** With `cookie`, the client also gets the tokens in cookies. */
export const Carrier = z.strictObject({
  carrier: z.enum(['body', 'cookie']).default('body').openapi({
    description:
      '`cookie` also sets the tokens as HttpOnly cookies, for browsers. Unsafe methods then need to come from the same origin.',
  }),
})

export const Session = z
  .strictObject({
    access_token: output('JSON Web Token for the guarded operations.', {
      min: 32,
      max: 4096,
      pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
      example: accessTokenExample,
    }),
    token_type: z.enum(['Bearer']).openapi({ description: 'How to send it: `Authorization: Bearer …`.' }),
    expires_in: count('Seconds until the access token expires.', 900, 1),
    refresh_token: output('For `POST /auth/refresh`; good once. Store the new one in its place.', {
      min: 101,
      max: 101,
      pattern: '^[0-9a-f-]{36}\\.[A-Za-z0-9_-]{64}$',
      example: refreshTokenExample,
    }),
    refresh_expires_in: count('Seconds until the refresh token expires unless it is used.', 2_592_000, 1),
    user: Account,
  })
  .openapi('Session', { description: 'What logging in gives.' })
export type Session = z.output<typeof Session>

export const SessionInfo = z
  .strictObject({
    id: uuid('Id of the session.', demoSessionId),
    device: userAgent('The User-Agent that it was used with last.').nullable(),
    address: address('Where it was used from last.').nullable(),
    created_at: dateTime('When it was opened.'),
    last_used_at: dateTime('When it was opened or last refreshed.'),
    expires_at: dateTime('When it ends unless it is refreshed.'),
    current: z
      .boolean()
      .openapi({ description: 'Whether it is the session of the token that asks.', example: true }),
  })
  .openapi('SessionInfo', { description: 'One log-in.' })
export type SessionInfo = z.output<typeof SessionInfo>

export const WhoAmI = z
  .strictObject({
    logged_in_as: username('The username.'),
    user: Account,
    session: SessionInfo,
  })
  .openapi('WhoAmI', { description: 'Who a token speaks for.' })
export type WhoAmI = z.output<typeof WhoAmI>

export const ListSessions = z.strictObject(pageParameters)

export const EndSessions = z.strictObject({
  except_current: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: '`true` keeps the session of the token that asks.' }),
})

interface SessionRow {
  id: string
  userAgent: string | null
  address: string | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

/** Converts a row to a session for its user. `current` is the id of the session that makes the request. */
export function toSessionInfo(row: SessionRow, current: string): SessionInfo {
  return {
    id: row.id,
    device: row.userAgent,
    address: row.address,
    created_at: row.createdAt.toISOString(),
    last_used_at: row.lastUsedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    current: row.id === current,
  }
}
