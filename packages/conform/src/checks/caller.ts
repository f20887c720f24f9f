import type { Kit } from '../check.ts'
import type { Persona } from '../exchange.ts'
import type { Operation } from '../operations.ts'

/**
 * A persona that may call an operation; undefined if the operation is open. @throws Skipped without admin credentials
 */
export async function callerOf(
  kit: Kit,
  { guard, isForSome }: Pick<Operation, 'guard' | 'isForSome'>,
): Promise<Persona | undefined> {
  if (guard === 'open') return undefined
  return guard === 'admin' || isForSome ? kit.admin() : kit.persona('ada')
}
