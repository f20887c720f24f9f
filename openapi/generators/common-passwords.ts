import { dictionary } from '@zxcvbn-ts/language-common'

/** Passwords below the minimum length are left out. */
export function commonPasswordsText(): string {
  const passwords = (dictionary['passwords-common'] as string[]).filter((password) => password.length >= 8)
  return `${passwords.join('\n')}\n`
}
