import { eq } from 'drizzle-orm'
import type { Deps } from '../../api/context.ts'
import type { Database } from '../../db/database.ts'
import { ApiError } from '../../errors/api-error.ts'
import type { CheckedAccount } from '../../users/users.service.ts'
import { users } from '../../users/users.table.ts'
import { dummyHash } from './passwords.ts'

/** Checks the password of the caller's account. @throws ApiError auth.wrong_password */
export async function checkPassword(
  db: Database,
  { id, password }: { id: string; password: string },
  deps: Deps,
): Promise<CheckedAccount> {
  const [user] = await db
    .select({ passwordHash: users.passwordHash, generation: users.generation })
    .from(users)
    .where(eq(users.id, id))
  const isRight = await deps.passwords.verify(
    password,
    user?.passwordHash ?? dummyHash(deps.config.BCRYPT_COST),
  )
  if (!user || !isRight) throw new ApiError('auth.wrong_password')
  return { id, generation: user.generation }
}
