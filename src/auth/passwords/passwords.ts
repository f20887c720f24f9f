import { compare, getRounds, hash, truncates } from 'bcryptjs'
import type { Deps } from '../../api/context.ts'
import type { PasswordHasher } from '../../api/ports.ts'
import { invalidValue } from '../../errors/api-error.ts'
import { passwordFault, sequenceFault } from '../../text/password-patterns.ts'
import { isCommonPassword } from './common-passwords.ts'

/** Hashes and checks passwords; on Node in threads of its own, see password-pool.ts. */
/** Hashes on the calling thread: for Workers and tests. */
export function inlineHasher(cost: number): PasswordHasher {
  return {
    hash: (password) => hash(password, cost),
    verify: async (password, stored) => (await compare(password, stored)) && !truncates(password),
  }
}

/**
 * A valid hash of this cost that matches no known password. A comparison with it takes as long as with a real one, so
 * the response time does not reveal unknown users.
 */
export function dummyHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(22)}${'A'.repeat(31)}`
}

/** The cost of a stored hash. */
export function costOf(stored: string): number {
  return getRounds(stored)
}

interface NewPassword {
  password: string
  username: string
  email: string
  /** JSON pointer of the password in the body. */
  pointer: string
}

/** Hashes a new password. @throws ApiError request.invalid for a weak one */
export async function newPasswordHash(choice: NewPassword, deps: Deps): Promise<string> {
  await checkNewPassword(choice, deps)
  return deps.passwords.hash(choice.password)
}

/**
 * Refuses a weak password with 422: too short, too long for bcrypt, common, following a pattern, or like the account's
 * name.
 */
async function checkNewPassword(
  { password, username, email, pointer }: NewPassword,
  deps: Deps,
): Promise<void> {
  const minLength = deps.config.PASSWORD_MIN_LENGTH
  const refuse = (code: string, message: string) => invalidValue({ location: 'body', pointer, code, message })
  if ([...password].length < minLength)
    throw refuse('too_short', `Must have at least ${minLength} characters.`)
  if (truncates(password)) throw refuse('too_long', 'Must have at most 72 bytes in UTF-8.')
  const fault = passwordFault(password, { username, email })
  if (fault) throw refuse(fault.code, fault.message)
  if (await isCommonPassword(password.toLowerCase(), deps))
    throw refuse('too_common', 'Is one of the passwords that attackers try first.')
  const pattern = sequenceFault(password)
  if (pattern) throw refuse(pattern.code, pattern.message)
}
