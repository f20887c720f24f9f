import { z } from '@hono/zod-openapi'
import { pageParameters } from '../http/pagination.ts'
import { text } from '../http/text.ts'
import { Account, LoginName } from '../users/users.schemas.ts'

export const LogIn = z
  .strictObject({
    username: LoginName,
    password: text({ min: 1, max: 1000 }).openapi({ format: 'password', example: 'correct horse battery' }),
  })
  .openapi('LogIn', { description: 'Username or e-mail address, and password.' })
export type LogIn = z.output<typeof LogIn>

export const Refresh = z
  .strictObject({ refresh_token: z.string().min(1).max(512).openapi({ example: '019a9f6e-…' }) })
  .openapi('Refresh', { description: 'The refresh token of the answer before.' })
export type Refresh = z.output<typeof Refresh>

/** Asks for the tokens in cookies as well. */
export const Carrier = z.strictObject({
  carrier: z.enum(['body', 'cookie']).default('body').openapi({
    description:
      '`cookie` also sets the tokens as HttpOnly cookies, for browsers. Unsafe methods then need to come from the same origin.',
  }),
})

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
const Seconds = z.int().positive()

export const Session = z
  .strictObject({
    access_token: z
      .string()
      .openapi({ description: 'JSON Web Token for the guarded operations.', example: 'eyJ…' }),
    token_type: z.enum(['Bearer']),
    expires_in: Seconds.openapi({ description: 'Seconds until the access token expires.', example: 900 }),
    refresh_token: z.string().openapi({
      description: 'For `POST /auth/refresh`; good once. Store the new one in its place.',
      example: '019a9f6e-…',
    }),
    refresh_expires_in: Seconds.openapi({
      description: 'Seconds until the refresh token expires unless it is used.',
      example: 2_592_000,
    }),
    user: Account,
  })
  .openapi('Session', { description: 'What logging in gives.' })
export type Session = z.output<typeof Session>

export const SessionInfo = z
  .strictObject({
    id: z.uuid().openapi({ example: '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6f' }),
    device: z
      .string()
      .nullable()
      .openapi({ description: 'The User-Agent that it was used with last.', example: 'curl/8.14.1' }),
    address: z
      .string()
      .nullable()
      .openapi({ description: 'Where it was used from last.', example: '203.0.113.7' }),
    created_at: Timestamp,
    last_used_at: Timestamp.openapi({ description: 'When it was opened or last refreshed.' }),
    expires_at: Timestamp.openapi({ description: 'When it ends unless it is refreshed.' }),
    current: z.boolean().openapi({ description: 'Whether it is the session of the token that asks.' }),
  })
  .openapi('SessionInfo', { description: 'One log-in.' })
export type SessionInfo = z.output<typeof SessionInfo>

export const WhoAmI = z
  .strictObject({
    logged_in_as: z.string().openapi({ description: 'The username.', example: 'ada.lovelace' }),
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

/** A session, as its user sees it; `current` is the id of the one that asks. */
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
