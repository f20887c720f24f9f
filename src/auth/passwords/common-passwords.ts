import type { Deps } from '../../api/context.ts'

let loading: ReadonlySet<string> | undefined

/** Whether a password (in lower case) is among the most common ones. The list is loaded once. */
export async function isCommonPassword(password: string, { commonPasswords }: Deps): Promise<boolean> {
  loading ??= new Set((await commonPasswords()).split('\n'))
  return loading.has(password)
}
