import { dictionary } from '@zxcvbn-ts/language-common'

/** What is too short anyway is left out. */
export function commonPasswordsText(): string {
  const passwords = (dictionary['passwords-common'] as string[]).filter((password) => password.length >= 8)
  return `${passwords.join('\n')}\n`
}
