import { and, desc, eq, ilike, isNotNull, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Role } from '../api/roles.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { areMet, type Preconditions } from '../db/preconditions.ts'
import { ApiError, invalidValue } from '../errors/api-error.ts'
import { entityTag, meetsPreconditions } from '../http/conditional.ts'
import { isReserved } from '../text/reserved.ts'
import { skeletonOf } from '../text/skeleton.ts'
import { canonicalUsername } from '../text/usernames.ts'
import { canonicalLogin } from './users.schemas.ts'
import { users } from './users.table.ts'

/** The columns of an account without the password hash, which only `auth/` reads. */
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

/** Reads an account. @throws ApiError users.not_found */
export async function readUser(db: Database, id: string) {
  const [user] = await readUserQuery(db).execute({ id })
  if (!user) throw new ApiError('users.not_found')
  return user
}

/** Reads the account of the access token. @throws ApiError auth.token_invalid if it was deleted */
export async function readOwnAccount(db: Database, id: string) {
  const [user] = await readUserQuery(db).execute({ id })
  if (!user) throw new ApiError('auth.token_invalid', { detail: 'The account of this token is gone.' })
  return user
}

/** The ETag of a profile. Admins get another one, since they see more fields. */
export function profileTag({ version }: { version: number }, isAdmin: boolean): string {
  return entityTag(...profileVersions(version, isAdmin))
}

/** The versions in that ETag. */
export function profileVersions(version: number, isAdmin: boolean): [number, number] {
  return [version, isAdmin ? 1 : 0]
}

interface ListUsers {
  /** A part of the username; for admins also of the e-mail address. */
  q?: string | undefined
  role?: Role | undefined
  disabled?: 'true' | 'false' | undefined
  isAdmin?: boolean
  /** Only users created before this one (id). */
  before?: string | undefined
  limit: number
}

/** Lists accounts, newest first. Ids are UUIDv7, so their order is the order of creation. */
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
  preconditions: Preconditions
  /** The generation at which the password was checked: see `users.generation`. */
  generation?: number | undefined
}

/**
 * Changes the caller's account. A change to the same values writes nothing.
 * @throws ApiError precondition.failed, users.…_taken, auth.token_invalid, auth.session_revoked if the account's
 * password, role or state was changed since the check
 */
export async function updateOwnAccount(
  db: Database,
  change: UpdateUser,
  isLastAttempt = false,
): Promise<{ user: Awaited<ReturnType<typeof readOwnAccount>>; isChange: boolean }> {
  const { id, changes, preconditions, generation } = change
  const isOther = otherThan(changes)
  const hasCheckedGeneration = generation === undefined ? undefined : eq(users.generation, generation)
  const [changed] = isOther
    ? await db
        .update(users)
        .set({
          ...changes,
          ...(changes.username !== undefined && { usernameSkeleton: skeletonOf(changes.username) }),
          version: sql`${users.version} + 1`,
          updatedAt: sql`now()`,
        })
        .where(and(eq(users.id, id), areMet(preconditions, [users.version]), hasCheckedGeneration, isOther))
        .returning(accountColumns)
        .catch(refuseTaken)
    : []
  if (changed) return { user: changed, isChange: true }
  const user = await readOwnAccount(db, id)
  if (generation !== undefined && !(await isOfGeneration(db, { id, generation })))
    throw new ApiError('auth.session_revoked')
  if (!meetsPreconditions(preconditions, [user.version])) throw new ApiError('precondition.failed')
  const { username = user.username, name = user.name, email = user.email } = changes
  const isSame = username === user.username && name === user.name && email === user.email
  // Someone changed the account after the UPDATE ran: try once more on its present state.
  return isSame || isLastAttempt ? { user, isChange: false } : updateOwnAccount(db, change, true)
}

/** True for an account that these changes would change; undefined if there are no changes. */
function otherThan({ username, name, email }: UpdateUser['changes']): SQL | undefined {
  return or(
    username === undefined ? undefined : ne(users.username, username),
    name === undefined ? undefined : sql`${users.name} is distinct from ${name}`,
    email === undefined ? undefined : ne(users.email, email),
  )
}

/** An account at the time of a check. A change that relies on the check is valid only for this generation. */
export interface CheckedAccount {
  id: string
  generation: number
}

/** Whether an account's password, role and state are the same as at the time of a check. */
export async function isOfGeneration(db: Database, { id, generation }: CheckedAccount): Promise<boolean> {
  const found = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, id), eq(users.generation, generation)))
  return found.length > 0
}

/** Refuses a username that looks like one of the staff. @throws ApiError request.invalid */
export function refuseReserved(username: string, config: Config): void {
  if (!isReserved(username, config.RESERVED_USERNAMES)) return
  throw invalidValue({
    location: 'body',
    pointer: '/username',
    code: 'reserved_name',
    message: 'Is reserved for those who run this service. Choose another.',
  })
}

/** Turns a violated unique constraint into the problem "username (or e-mail) taken"; throws every other error again. */
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

/** Finds an account by its username or e-mail address. @throws ApiError users.not_found */
export async function findUser(db: Database, name: string) {
  const login = canonicalLogin(name)
  const [user] = await db
    .select(accountColumns)
    .from(users)
    .where(or(eq(users.username, login), eq(users.email, login)))
  if (!user) throw new ApiError('users.not_found', { detail: `There is no user ${name}.` })
  return user
}
