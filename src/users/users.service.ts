import { and, desc, eq, ilike, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Config } from '../config.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError, invalidValue } from '../errors.ts'
import { entityTag } from '../http/conditional.ts'
import { isReserved } from '../text/reserved.ts'
import { skeletonOf } from '../text/skeleton.ts'
import { canonicalUsername } from '../text/usernames.ts'
import { canonicalLogin } from './users.schemas.ts'
import { type Role, users } from './users.table.ts'

/** The columns of an account; the password hash is read in `auth/` alone. */
export const accountColumns = {
  id: users.id,
  username: users.username,
  name: users.name,
  email: users.email,
  role: users.role,
  version: users.version,
  disabledAt: users.disabledAt,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
}

const readUserQuery = prepared((db) =>
  db
    .select(accountColumns)
    .from(users)
    .where(eq(users.id, sql.placeholder('id')))
    .prepare('users_read'),
)

/** One account. @throws ApiError users.not_found */
export async function readUser(db: Database, id: string) {
  const [user] = await readUserQuery(db).execute({ id })
  if (!user) throw new ApiError('users.not_found')
  return user
}

/** The account that a token speaks for. @throws ApiError auth.token_invalid if it is gone */
export async function readOwnAccount(db: Database, id: string) {
  const [user] = await readUserQuery(db).execute({ id })
  if (!user) throw new ApiError('auth.token_invalid', { detail: 'The account of this token is gone.' })
  return user
}

/** The entity tag of a profile, which shows more to admins. */
export function profileTag({ version }: { version: number }, isAdmin: boolean): string {
  return entityTag(version, isAdmin ? 1 : 0)
}

interface ListUsers {
  /** Part of the username; for admins also of the e-mail address. */
  q?: string | undefined
  role?: Role | undefined
  disabled?: 'true' | 'false' | undefined
  isAdmin?: boolean
  /** Only users made before this one. */
  before?: string | undefined
  limit: number
}

/** Accounts, newest first. Ids are UUIDv7, so their order is that of creation. */
export function listUsers(db: Database, { q, role, disabled, isAdmin, before, limit }: ListUsers) {
  const conditions: (SQL | undefined)[] = [
    q === undefined
      ? undefined
      : or(
          contains(users.username, canonicalUsername(q)),
          contains(users.name, q),
          isAdmin ? contains(users.email, q) : undefined,
        ),
    role && eq(users.role, role),
    disabled && (disabled === 'true' ? isNotNull(users.disabledAt) : isNull(users.disabledAt)),
    before === undefined ? undefined : lt(users.id, before),
  ]
  return db
    .select(accountColumns)
    .from(users)
    .where(and(...conditions))
    .orderBy(desc(users.id))
    .limit(limit)
}

interface UpdateUser {
  id: string
  changes: { username?: string | undefined; name?: string | null | undefined; email?: string | undefined }
  /** Versions that the client allows to be changed; any if absent. */
  versions: number[] | undefined
}

/** Changes one's own account. @throws ApiError precondition.failed, users.…_taken, auth.token_invalid */
export async function updateOwnAccount(db: Database, { id, changes, versions }: UpdateUser) {
  const isChange = Object.values(changes).some((value) => value !== undefined)
  const allowed = versions && (versions.length > 0 ? inArray(users.version, versions) : sql`false`)
  const [user] = await db
    .update(users)
    .set({
      ...changes,
      ...(changes.username !== undefined && { usernameSkeleton: skeletonOf(changes.username) }),
      version: isChange ? sql`${users.version} + 1` : users.version,
      updatedAt: isChange ? sql`now()` : users.updatedAt,
    })
    .where(and(eq(users.id, id), allowed))
    .returning(accountColumns)
    .catch(refuseTaken)
  if (user) return user
  await readOwnAccount(db, id)
  throw new ApiError('precondition.failed')
}

/**
 * Refuses a username that people take for staff's, unless an admin asks or the account has it already.
 * @throws ApiError request.invalid
 */
export function refuseReserved(username: string, config: Config): void {
  if (!isReserved(username, config.RESERVED_USERNAMES)) return
  throw invalidValue({
    location: 'body',
    pointer: '/username',
    code: 'reserved_name',
    message: 'Is reserved for those who run this service. Choose another.',
  })
}

/** Says in our words which name another account has; passes every other error on. */
export function refuseTaken(error: unknown): never {
  const constraint = violatedConstraint(error)
  if (constraint === 'users_username_key' || constraint === 'users_username_skeleton_key')
    throw new ApiError('users.username_taken')
  if (constraint === 'users_email_key') throw new ApiError('users.email_taken')
  throw error
}

function contains(column: PgColumn, part: string): SQL {
  return ilike(column, `%${part.replace(/[\\%_]/g, '\\$&')}%`)
}

/** The account with this username or e-mail address. @throws ApiError users.not_found */
export async function findUser(db: Database, name: string) {
  const login = canonicalLogin(name)
  const [user] = await db
    .select(accountColumns)
    .from(users)
    .where(or(eq(users.username, login), eq(users.email, login)))
  if (!user) throw new ApiError('users.not_found', { detail: `There is no user ${name}.` })
  return user
}
