import type { Deps } from '../../api/context.ts'

let known: ReadonlySet<string> | undefined

/** Whether a password (in lower case) is among the most common ones. The list is loaded once. */
export async function isCommonPassword(password: string, { commonPasswords }: Deps): Promise<boolean> {
  known ??= new Set((await commonPasswords()).split('\n'))
  return known.has(password)
}
