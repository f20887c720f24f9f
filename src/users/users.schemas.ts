import { z } from '@hono/zod-openapi'
import { demoUserId, output, timestamp, uuid } from '../http/fields.ts'
import { text } from '../http/text.ts'
import { roles, type users } from './users.table.ts'

type UserRow = typeof users.$inferSelect

// Both are looked at before they are lower-cased: some letters beyond ASCII have lower case within it.

export const Username = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,32}$/, {
    error: 'Must have 3 to 32 characters out of a-z, 0-9, "_", "." and "-".',
  })
  .toLowerCase()
  .openapi({
    description: 'Name to log in with; upper and lower case make no difference.',
    minLength: 3,
    maxLength: 32,
    pattern: '^[A-Za-z0-9_.-]{3,32}$',
    example: 'ada.lovelace',
  })

// Examples are about the account of the demo data, so that they work as they stand; but for a new one.
const demoEmail = 'demo@demo.example'
/** The password of every demo user; known to everyone, so never in production. */
export const demoPassword = 'gatepost-demo'

/** What browsers take for an e-mail address (HTML standard, section 4.10.5.1.5), with a dot in the domain. */
const emailPattern =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

export const Email = z
  .string()
  .max(254, 'Must have at most 254 characters.')
  .regex(emailPattern, 'Must be an e-mail address.')
  .toLowerCase()
  .openapi({
    description: 'E-mail address; upper and lower case make no difference.',
    format: 'email',
    minLength: 5,
    maxLength: 254,
    pattern: emailPattern.source,
    example: 'ada@example.com',
  })

export const Password = text({ min: 8, max: 72 }).openapi({
  description:
    'At least 8 characters and at most 72 bytes in UTF-8 (what bcrypt looks at); none of the common ones, and not the username or e-mail address.',
  format: 'password',
  example: 'correct horse battery',
})

export const RegisterUser = z
  .strictObject({ username: Username, email: Email, password: Password })
  .openapi('RegisterUser', { description: 'What an account is made from.' })

const CurrentPassword = text({ min: 1, max: 1000 }).openapi({
  format: 'password',
  description: 'The password as it is now.',
  example: demoPassword,
})

export const UpdateAccount = z
  .strictObject({ username: Username, email: Email, current_password: CurrentPassword })
  .partial()
  .openapi('UpdateAccount', {
    description: 'The fields to change; the others stay (RFC 7396).',
    example: { email: demoEmail, current_password: demoPassword },
  })

export const ChangePassword = z
  .strictObject({ current_password: CurrentPassword, new_password: Password })
  .openapi('ChangePassword', {
    description: 'The old password and the new one.',
    example: { current_password: demoPassword, new_password: demoPassword },
  })

export const DeleteAccount = z
  .strictObject({ password: CurrentPassword })
  .openapi('DeleteAccount', { description: 'The password, to be sure.' })

const Role = z.enum(roles).openapi({ description: 'What the user may do.', example: 'user' })

export const UpdateUser = z
  .strictObject({
    role: Role,
    disabled: z.boolean().openapi({ description: 'A disabled account cannot log in.', example: false }),
  })
  .partial()
  .openapi('UpdateUser', { description: 'The fields to change; the others stay (RFC 7396).' })

/** A username, in an answer. */
export const username = (description: string) =>
  output(description, { min: 3, max: 32, pattern: '^[a-z0-9_.-]{3,32}$', example: 'demo' })

const emailOutput = (description: string) =>
  output(description, { min: 5, max: 254, pattern: emailPattern.source, example: demoEmail }).openapi({
    format: 'email',
  })

const userFields = {
  id: uuid('Id of the user.', demoUserId),
  username: username('Name to log in with, in lower case.'),
  role: Role,
  created_at: timestamp('When the user registered.'),
}

export const User = z
  .strictObject({
    ...userFields,
    email: emailOutput('E-mail address, in lower case; for admins only.').optional(),
    disabled: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether the account can no longer log in; for admins only.', example: false }),
  })
  .openapi('User', { description: 'A public profile.' })
export type User = z.output<typeof User>

export const Account = z
  .strictObject({
    ...userFields,
    email: emailOutput('E-mail address, in lower case.'),
    updated_at: timestamp('When the account was last changed.'),
  })
  .openapi('Account', { description: 'The account of the user who asks.' })
export type Account = z.output<typeof Account>

type ProfileRow = Pick<UserRow, 'id' | 'username' | 'role' | 'createdAt'>

/** A public profile. */
export function toUser(row: ProfileRow): User {
  return { id: row.id, username: row.username, role: row.role, created_at: row.createdAt.toISOString() }
}

/** A profile as admins see it. */
export function toUserForAdmin(row: ProfileRow & Pick<UserRow, 'email' | 'disabledAt'>): User {
  return { ...toUser(row), email: row.email, disabled: row.disabledAt !== null }
}

/** One's own account. */
export function toAccount(row: ProfileRow & Pick<UserRow, 'email' | 'updatedAt'>): Account {
  return {
    id: row.id,
    username: row.username,
    role: row.role,
    created_at: row.createdAt.toISOString(),
    email: row.email,
    updated_at: row.updatedAt.toISOString(),
  }
}

/** What a person types to log in: any text, since whether it is a name is nobody's business. */
export const LoginName = text({ min: 1, max: 254 })
  .toLowerCase()
  .openapi({ description: 'Username or e-mail address.', example: 'demo' })
