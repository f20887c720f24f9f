import { eq } from 'drizzle-orm'
import { ConfigError } from '../config.ts'
import type { Deps } from '../context.ts'
import type { Database } from '../db/client.ts'
import { ApiError } from '../errors.ts'
import { RegisterUser } from '../users/users.schemas.ts'
import { users } from '../users/users.table.ts'
import { createAccount } from './auth.service.ts'

/** Makes the admin of the ADMIN_… settings while there is no admin. @throws ConfigError if it can't be made */
export async function ensureFirstAdmin(deps: Deps, db: Database): Promise<void> {
  const { ADMIN_USERNAME, ADMIN_EMAIL, ADMIN_PASSWORD } = deps.config
  if (!ADMIN_USERNAME) return
  const [admin] = await db.select({ id: users.id }).from(users).where(eq(users.role, 'admin')).limit(1)
  if (admin) return
  const account = RegisterUser.safeParse({
    username: ADMIN_USERNAME,
    email: ADMIN_EMAIL,
    password: ADMIN_PASSWORD,
  })
  if (!account.success) {
    const [issue] = account.error.issues
    throw refused(String(issue?.path[0]), issue?.message)
  }
  try {
    await createAccount(db, { ...account.data, role: 'admin' }, deps)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // Another instance that starts at the same moment has made it: that is what was wanted.
    if (error.code === 'users.username_taken' && (await isAdmin(db, account.data.username))) return
    const [wrong] = error.options.errors ?? []
    if (wrong?.pointer) throw refused(wrong.pointer.slice(1), wrong.message)
    throw new ConfigError(
      `ADMIN_USERNAME, ADMIN_EMAIL, ADMIN_PASSWORD: ${error.options.detail ?? error.code}`,
    )
  }
}

function refused(field: string, why: string | undefined): ConfigError {
  return new ConfigError(`ADMIN_${field.toUpperCase()}: ${why}`)
}

async function isAdmin(db: Database, username: string): Promise<boolean> {
  const [user] = await db.select({ role: users.role }).from(users).where(eq(users.username, username))
  return user?.role === 'admin'
}
