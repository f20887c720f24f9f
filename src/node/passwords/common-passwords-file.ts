import { readFile } from 'node:fs/promises'

/**
 * The most common passwords, one per line, most common first: a list of @zxcvbn-ts/language-common (MIT) without those
 * that are too short in any case. On Workers it is a static asset: see worker/assets.ts.
 */
export const commonPasswordsFile = new URL(
  '../../auth/passwords/common-passwords.generated.txt',
  import.meta.url,
)

export function readCommonPasswords(): Promise<string> {
  return readFile(commonPasswordsFile, 'utf8')
}
