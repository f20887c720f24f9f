import { z } from '@hono/zod-openapi'
import { text } from '../http/text.ts'
import { Account, LoginName } from '../users/users.schemas.ts'

export const LogIn = z
  .strictObject({
    username: LoginName,
    password: text({ min: 1, max: 1000 }).openapi({ format: 'password', example: 'correct horse battery' }),
  })
  .openapi('LogIn', { description: 'Username or e-mail address, and password.' })
export type LogIn = z.output<typeof LogIn>

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })

export const Session = z
  .strictObject({
    access_token: z
      .string()
      .openapi({ description: 'JSON Web Token for the guarded operations.', example: 'eyJ…' }),
    token_type: z.enum(['Bearer']),
    expires_in: z
      .int()
      .positive()
      .openapi({ description: 'Seconds until the access token expires.', example: 900 }),
    user: Account,
  })
  .openapi('Session', { description: 'What logging in gives.' })
export type Session = z.output<typeof Session>

const SessionInfo = z
  .strictObject({
    id: z.uuid().openapi({ example: '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6f' }),
    created_at: Timestamp,
  })
  .openapi('SessionInfo', { description: 'One log-in.' })

export const WhoAmI = z
  .strictObject({
    logged_in_as: z.string().openapi({ description: 'The username.', example: 'ada.lovelace' }),
    user: Account,
    session: SessionInfo,
  })
  .openapi('WhoAmI', { description: 'Who a token speaks for.' })
export type WhoAmI = z.output<typeof WhoAmI>
