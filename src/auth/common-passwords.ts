import { commonPasswords } from './common-passwords.generated.ts'

let known: Set<string> | undefined

/** Whether a password (in lower case) is on the list of those that attackers try first. */
export function isCommonPassword(password: string): boolean {
  known ??= new Set(commonPasswords.split('\n'))
  return known.has(password)
}
