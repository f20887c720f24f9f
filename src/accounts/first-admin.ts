import { eq } from 'drizzle-orm'
import type { Deps } from '../api/context.ts'
import { createFirstAdmin, type NewAccount } from '../auth/log-in/log-in.service.ts'
import { ConfigError } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { ApiError } from '../errors/api-error.ts'
import { usernameLength } from '../text/usernames.ts'
import { RegisterUser } from '../users/users.schemas.ts'
import { users } from '../users/users.table.ts'

/** Creates the admin of the ADMIN_… settings if there is no admin. @throws ConfigError if that is impossible */
export async function ensureFirstAdmin(deps: Deps, db: Database): Promise<void> {
  const { ADMIN_USERNAME, ADMIN_EMAIL, ADMIN_PASSWORD } = deps.config
  if (!ADMIN_USERNAME) return
  if (await hasAdmin(db)) return
  const account = RegisterUser.safeParse({
    username: ADMIN_USERNAME,
    email: ADMIN_EMAIL,
    password: ADMIN_PASSWORD,
  })
  if (!account.success) {
    const [issue] = account.error.issues
    throw refused(String(issue?.path[0]), issue?.message)
  }
  await createAdmin(deps, db, account.data)
}

/** The number of names to try: `admin`, `admin-2` and so on. */
const maxNames = 100

/**
 * If another user has the name, or one that looks like it, the admin gets a name with a number: an existing user must
 * not become an admin because of a name. The name is logged, and logging in with ADMIN_EMAIL always works.
 */
async function createAdmin(deps: Deps, db: Database, account: NewAccount): Promise<void> {
  for (let number = 1; number <= maxNames; number++) {
    const username = number === 1 ? account.username : numbered(account.username, number)
    try {
      const admin = await createFirstAdmin(db, { ...account, username }, deps)
      // Another instance may have created the admin at the same moment. That is as good.
      if (admin && number > 1) deps.log.warn({ reason: nameTaken }, 'the first admin has another username')
      return
    } catch (error) {
      if (error instanceof ApiError && (await hasAdmin(db))) return
      if (!isTaken(error)) throw refusal(error)
    }
  }
  throw new ConfigError(`ADMIN_USERNAME: is taken, and so are ${maxNames} like it. Choose another.`)
}

const nameTaken =
  'ADMIN_USERNAME belongs to another account, or looks like its name: a number was put behind it. Log in with ADMIN_EMAIL.'

/** The name with a number, cut to the length of a username. */
function numbered(username: string, number: number): string {
  const suffix = `-${number}`
  return [...username].slice(0, usernameLength.max - suffix.length).join('') + suffix
}

function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'users.username_taken'
}

function refusal(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error
  const [wrong] = error.options.errors ?? []
  return wrong?.pointer
    ? refused(wrong.pointer.slice(1), wrong.message)
    : new ConfigError(`ADMIN_USERNAME, ADMIN_EMAIL, ADMIN_PASSWORD: ${error.options.detail ?? error.code}`)
}

function refused(field: string, why: string | undefined): ConfigError {
  return new ConfigError(`ADMIN_${field.toUpperCase()}: ${why}`)
}

async function hasAdmin(db: Database): Promise<boolean> {
  const [admin] = await db.select({ id: users.id }).from(users).where(eq(users.role, 'admin')).limit(1)
  return admin !== undefined
}
