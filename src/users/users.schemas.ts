import { z } from '@hono/zod-openapi'
import { roles } from '../api/roles.ts'
import { dateTime, demoUserId, output, uuid } from '../http/fields.ts'
import { issueCode, textField } from '../http/text.ts'
import { addressFault, canonicalAddress, shownAddress } from '../text/addresses.ts'
import type { Fault } from '../text/fault.ts'
import { canonicalUsername, checkUsername, trimmed, usernameLength } from '../text/usernames.ts'
import type { users } from './users.table.ts'

type UserRow = typeof users.$inferSelect

/**
 * Characters that no username contains: white space, controls, and ASCII punctuation except `_ . -`. Each script has
 * further rules.
 */
const notInUsernames = '\\s\\u0000-,/:-@\\[-^`{-\\u009f'

export const Username = z
  .string()
  .superRefine((typed, context) => refuse(context, usernameFault(typed)))
  .overwrite(canonicalUsername)
  .openapi({
    description:
      'Name to log in with: letters, marks and digits of one script, and "_", "." and "-"; 3 characters at least where all are ASCII. Upper and lower case and width make no difference; nobody else’s may look like it.',
    minLength: usernameLength.min,
    maxLength: usernameLength.max,
    pattern: `^[^${notInUsernames}]{2,32}$`,
    example: 'ada.lovelace',
  })

function usernameFault(typed: string): Fault | undefined {
  const result = checkUsername(typed)
  return 'code' in result ? result : undefined
}

function refuse(context: z.RefinementCtx, fault: Fault | undefined): void {
  if (!fault) return
  context.addIssue({ code: 'custom', message: fault.message, continue: false, ...issueCode(fault.code) })
}

// Examples name an account of the demo data, so that they work unchanged. Only the example of a registration is new.
const demoEmail = 'demo@demo.example'
/** The password of all demo users. It is public, so production refuses the demo data. */
export const demoPassword = 'gatepost-demo'

/** A rough pattern of an e-mail address for the document; `src/text/addresses.ts` has the full rules. */
const emailPattern =
  '^[^\\s@"(),:;<>\\[\\]\\\\]{1,64}@[^\\s@"(),:;<>\\[\\]\\\\]+\\.[^\\s@"(),:;<>\\[\\]\\\\]+$'

export const Email = z
  .string()
  .max(254, { error: 'Must have at most 254 characters.', abort: true })
  .superRefine((typed, context) => refuse(context, addressFault(typed)))
  .overwrite(canonicalAddress)
  .openapi({
    description:
      'E-mail address, of any script (RFC 6531, UTS #46); upper and lower case make no difference.',
    format: 'idn-email',
    minLength: 5,
    maxLength: 254,
    pattern: emailPattern,
    example: 'ada@example.com',
  })

export const DisplayName = textField({
  min: 1,
  max: 80,
  isBlankAllowed: false,
  kind: 'line',
  trim: 'ends',
}).openapi({
  description:
    'Name to show, in any words and any script; nobody logs in with it, and others may have the same.',
  example: 'Ada Lovelace',
})

const Password = textField({ min: 8, max: 72 }).openapi({
  description:
    'At least 8 characters and at most 72 bytes in UTF-8 (what bcrypt looks at), without control characters; none of the common ones, no plain sequence such as abcdefgh, and not the username or e-mail address with digits and signs around it.',
  format: 'password',
  example: 'correct horse battery',
})

export const RegisterUser = z
  .strictObject({ username: Username, email: Email, password: Password })
  .openapi('RegisterUser', { description: 'What an account is made from.' })

export const CurrentPassword = textField({ min: 1, max: 1000 }).openapi({
  format: 'password',
  description: 'The password as it is now.',
  example: demoPassword,
})

export const UpdateAccount = z
  .strictObject({
    username: Username,
    name: DisplayName.nullable().openapi({ description: 'Name to show; null takes it away.' }),
    email: Email,
    current_password: CurrentPassword,
  })
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

/** A username in a response. */
export const username = (description: string) =>
  output(description, { min: 2, max: 32, pattern: `^[^A-Z${notInUsernames}]{2,32}$`, example: 'demo' })

/** A display name in a response. */
export const displayName = output('Name to show; null where the user has not chosen one.', {
  min: 1,
  max: 80,
  example: 'Ada Lovelace',
}).nullable()

const emailOutput = (description: string) =>
  output(description, { min: 5, max: 254, pattern: emailPattern, example: demoEmail }).openapi({
    format: 'idn-email',
  })

const userFields = {
  id: uuid('Id of the user.', demoUserId),
  username: username('Name to log in with, in lower case.'),
  name: displayName,
  role: Role,
  created_at: dateTime('When the user registered.'),
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
    updated_at: dateTime('When the account was last changed.'),
  })
  .openapi('Account', { description: 'The account of the user who asks.' })
export type Account = z.output<typeof Account>

type ProfileRow = Pick<UserRow, 'id' | 'username' | 'name' | 'role' | 'createdAt'>

/** Converts a row to a public profile. */
export function toUser(row: ProfileRow): User {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    role: row.role,
    created_at: row.createdAt.toISOString(),
  }
}

/** Converts a row to a profile for admins. */
export function toUserForAdmin(row: ProfileRow & Pick<UserRow, 'email' | 'disabledAt'>): User {
  return { ...toUser(row), email: shownAddress(row.email), disabled: row.disabledAt !== null }
}

/** Converts a row to the caller's own account. */
export function toAccount(row: ProfileRow & Pick<UserRow, 'email' | 'updatedAt'>): Account {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    role: row.role,
    created_at: row.createdAt.toISOString(),
    email: shownAddress(row.email),
    updated_at: row.updatedAt.toISOString(),
  }
}

/** The name in a log-in. Any text is accepted: a refusal would reveal which names are possible. */
export const LoginName = textField({ min: 1, max: 254 }).overwrite(canonicalLogin).openapi({
  description: 'Username or e-mail address; white space around it does not count.',
  example: 'demo',
})

/** The stored form of a username or e-mail address, for finding an account. */
export function canonicalLogin(typed: string): string {
  const login = trimmed(typed)
  return login.includes('@') ? canonicalAddress(login) : canonicalUsername(login)
}
