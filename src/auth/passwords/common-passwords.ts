import type { Deps } from '../../api/context.ts'

let known: ReadonlySet<string> | undefined

/** Whether a password (in lower case) is on the list of those that attackers try first; it is loaded once. */
export async function isCommonPassword(password: string, { commonPasswords }: Deps): Promise<boolean> {
  known ??= new Set((await commonPasswords()).split('\n'))
  return known.has(password)
}
