import { and, eq, inArray, ne, type SQL, sql } from 'drizzle-orm'
import { dummyHash, newPasswordHash } from '../auth/passwords.ts'
import { type EndReason, sessions } from '../auth/sessions.table.ts'
import type { CurrentUser, Deps } from '../context.ts'
import type { Database } from '../db/client.ts'
import { areMet } from '../db/preconditions.ts'
import { ApiError } from '../errors.ts'
import { doHold, noPreconditions, type Preconditions } from '../http/conditional.ts'
import { accountColumns, profileVersions, readOwnAccount, readUser } from './users.service.ts'
import { type Role, users } from './users.table.ts'

/** Checks the password of the user who asks. @throws ApiError auth.wrong_password */
export async function checkPassword(
  db: Database,
  { id, password }: { id: string; password: string },
  deps: Deps,
) {
  const [user] = await db.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.id, id))
  const isRight = await deps.passwords.verify(
    password,
    user?.passwordHash ?? dummyHash(deps.config.BCRYPT_COST),
  )
  if (!user || !isRight) throw new ApiError('auth.wrong_password')
}

interface NewPassword {
  user: { id: string; username: string; email: string }
  password: string
}

/** Gives an account another password and ends its sessions. @throws ApiError request.invalid */
export async function setPassword(db: Database, { user, password }: NewPassword, deps: Deps): Promise<void> {
  const passwordHash = await newPasswordHash({ password, ...user, pointer: '/password' }, deps)
  await changeAndEndSessions(db, { id: user.id, set: { passwordHash }, ending: { reason: 'password' } }, deps)
}

interface ChangePassword {
  user: CurrentUser
  current: string
  next: string
}

/** Replaces one's own password and ends all other sessions. @throws ApiError auth.wrong_password, request.invalid */
export async function changePassword(db: Database, { user, current, next }: ChangePassword, deps: Deps) {
  const account = await readOwnAccount(db, user.id)
  await checkPassword(db, { id: user.id, password: current }, deps)
  const passwordHash = await newPasswordHash({ password: next, ...account, pointer: '/new_password' }, deps)
  const ending = { reason: 'password', except: user.sessionId } as const
  await changeAndEndSessions(db, { id: user.id, set: { passwordHash }, ending }, deps)
}

/**
 * Deletes one's own account, its posts with it, and ends its sessions.
 * @throws ApiError users.last_admin, precondition.failed
 */
export async function deleteAccount(
  db: Database,
  user: CurrentUser,
  { preconditions }: { preconditions: Preconditions },
  deps: Deps,
): Promise<void> {
  const deleted = db.$with('deleted').as(
    db
      .delete(users)
      .where(and(eq(users.id, user.id), areMet(preconditions, [users.version]), anotherAdminRemains(user.id)))
      .returning({ id: users.id }),
  )
  const ended = db.$with('ended').as(
    db
      .update(sessions)
      .set(endedNow('deleted'))
      .where(inArray(sessions.userId, db.select({ id: deleted.id }).from(deleted)))
      .returning({ id: sessions.id }),
  )
  const rows = await db
    .with(deleted, ended)
    .select({ id: deleted.id, endedId: ended.id })
    .from(deleted)
    .leftJoin(ended, sql`true`)
  deps.revocations.add(rows.flatMap((row) => row.endedId ?? []))
  if (rows.length > 0) return
  const { version } = await readOwnAccount(db, user.id)
  throw new ApiError(doHold(preconditions, [version]) ? 'users.last_admin' : 'precondition.failed')
}

interface ChangeUser {
  id: string
  role?: Role | undefined
  disabled?: boolean | undefined
  /** Of the client, on the tag that admins see. */
  preconditions?: Preconditions
}

/**
 * Changes what an account may do. Its sessions end, since what they were allowed stands in their tokens.
 * @throws ApiError users.not_found, users.last_admin, precondition.failed
 */
export async function changeUser(
  db: Database,
  { id, role, disabled, preconditions = noPreconditions }: ChangeUser,
  deps: Deps,
) {
  const before = await readUser(db, id)
  const isStale = ({ version }: { version: number }) => !doHold(preconditions, profileVersions(version, true))
  const isDisabled = before.disabledAt !== null
  const isChange = (role ?? before.role) !== before.role || (disabled ?? isDisabled) !== isDisabled
  if (!isChange) {
    if (isStale(before)) throw new ApiError('precondition.failed')
    return { user: before, isChange }
  }
  const user = await changeAndEndSessions(
    db,
    {
      id,
      set: { role, ...(disabled !== undefined && { disabledAt: disabled ? sql`now()` : null }) },
      conditions: and(
        areMet(preconditions, [users.version, sql`1`]),
        role === 'user' || disabled === true ? anotherAdminRemains(id) : undefined,
      ),
      ending: { reason: disabled ? 'disabled' : 'role' },
    },
    deps,
  )
  if (user) return { user, isChange }
  throw new ApiError(isStale(await readUser(db, id)) ? 'precondition.failed' : 'users.last_admin')
}

interface Change {
  id: string
  set: Partial<Record<'passwordHash' | 'role' | 'disabledAt', string | SQL | null | undefined>>
  conditions?: SQL | undefined
  ending: { reason: EndReason; except?: string }
}

/** Changes one account and ends its sessions in one statement. Gives the account, if it was changed. */
async function changeAndEndSessions(db: Database, { id, set, conditions, ending }: Change, deps: Deps) {
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({ ...(set as object), version: sql`${users.version} + 1`, updatedAt: sql`now()` })
      .where(and(eq(users.id, id), conditions))
      .returning(accountColumns),
  )
  const ended = db.$with('ended').as(
    db
      .update(sessions)
      .set(endedNow(ending.reason))
      .where(
        and(
          inArray(sessions.userId, db.select({ id: changed.id }).from(changed)),
          ending.except ? ne(sessions.id, ending.except) : undefined,
        ),
      )
      .returning({ endedId: sessions.id }),
  )
  const rows = await db.with(changed, ended).select().from(changed).leftJoin(ended, sql`true`)
  deps.revocations.add(rows.flatMap((row) => row.ended?.endedId ?? []))
  return rows[0]?.changed
}

/** The first end counts. */
function endedNow(reason: EndReason) {
  return {
    endedAt: sql`coalesce(${sessions.endedAt}, now())`,
    endReason: sql`coalesce(${sessions.endReason}, ${reason})`,
  }
}

/**
 * True unless this is the only admin who can log in. Admins are locked in one order: of two who remove each
 * other at the same moment the second waits for the first, and then sees that none other is left.
 */
function anotherAdminRemains(id: string): SQL {
  return sql`(${users.role} <> 'admin' or ${users.disabledAt} is not null or exists (
    select from (
      select id from users where role = 'admin' and disabled_at is null order by id for update
    ) as admin where admin.id <> ${id}))`
}
