import { and, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser, Deps, SessionUser } from '../api/context.ts'
import type { Role } from '../api/roles.ts'
import type { EndReason } from '../audit/end-reasons.ts'
import { checkPassword } from '../auth/passwords/check-password.ts'
import { newPasswordHash } from '../auth/passwords/passwords.ts'
import { sessions } from '../auth/sessions/sessions.table.ts'
import type { Database } from '../db/database.ts'
import { areMet, type Preconditions } from '../db/preconditions.ts'
import { ApiError } from '../errors/api-error.ts'
import { meetsPreconditions, noPreconditions } from '../http/conditional.ts'
import {
  accountColumns,
  type CheckedAccount,
  isOfGeneration,
  profileVersions,
  readOwnAccount,
  readUser,
} from '../users/users.service.ts'
import { users } from '../users/users.table.ts'

interface NewPassword {
  user: { id: string; username: string; email: string }
  password: string
}

/** Sets a new password and ends all sessions of the account. @throws ApiError request.invalid */
export async function setPassword(db: Database, { user, password }: NewPassword, deps: Deps): Promise<void> {
  const passwordHash = await newPasswordHash({ password, ...user, pointer: '/password' }, deps)
  await changeAndEndSessions(db, { id: user.id, set: { passwordHash }, ending: { reason: 'password' } }, deps)
}

interface ChangePassword {
  user: SessionUser
  current: string
  next: string
}

/** Changes the caller's password and ends all other sessions. @throws ApiError auth.wrong_password, request.invalid */
export async function changePassword(db: Database, { user, current, next }: ChangePassword, deps: Deps) {
  const account = await readOwnAccount(db, user.id)
  const { generation } = await checkPassword(db, { id: user.id, password: current }, deps)
  const passwordHash = await newPasswordHash({ password: next, ...account, pointer: '/new_password' }, deps)
  const changed = await changeAndEndSessions(
    db,
    {
      id: user.id,
      set: { passwordHash },
      conditions: eq(users.generation, generation),
      ending: { reason: 'password', except: user.sessionId },
    },
    deps,
  )
  if (!changed) throw new ApiError('auth.wrong_password', { detail: changedMeanwhile })
}

/** Of concurrent changes with the same current password, only the first succeeds. */
const changedMeanwhile = 'The account was changed while the password was being checked. Log in again.'

/**
 * Deletes the caller's account with its posts, and ends its sessions.
 * @throws ApiError users.last_admin, precondition.failed, auth.wrong_password if the account was changed since the
 * check
 */
export async function deleteAccount(
  db: Database,
  user: CheckedAccount,
  { preconditions }: { preconditions: Preconditions },
  deps: Deps,
): Promise<void> {
  const deleted = db.$with('deleted').as(
    db
      .delete(users)
      .where(
        and(
          eq(users.id, user.id),
          eq(users.generation, user.generation),
          areMet(preconditions, [users.version]),
          anotherAdminRemains({ id: user.id }),
        ),
      )
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
  deps.apiTokens.invalidate({ userId: user.id })
  if (rows.length > 0) return
  const { version } = await readOwnAccount(db, user.id)
  if (!(await isOfGeneration(db, user)))
    throw new ApiError('auth.wrong_password', { detail: changedMeanwhile })
  throw new ApiError(
    meetsPreconditions(preconditions, [version]) ? 'users.last_admin' : 'precondition.failed',
  )
}

interface ChangeUser {
  id: string
  /** The admin who makes the change; absent on the command line. */
  admin?: CurrentUser | undefined
  role?: Role | undefined
  disabled?: boolean | undefined
  /** If-Match of the client, on the ETag that admins get. */
  preconditions?: Preconditions
}

/**
 * Changes the role or state of an account and ends its sessions, since access tokens contain the role.
 * @throws ApiError users.not_found, users.last_admin, precondition.failed, auth.session_revoked or auth.forbidden if
 * the caller is no longer an admin
 */
export async function changeUser(db: Database, change: ChangeUser, deps: Deps) {
  const { id, admin, role, disabled, preconditions = noPreconditions } = change
  const before = await readUser(db, id)
  const isStale = ({ version }: { version: number }) =>
    !meetsPreconditions(preconditions, profileVersions(version, true))
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
        role === 'user' || disabled === true
          ? anotherAdminRemains({ id, admin })
          : isStillAdmin({ id, admin }),
      ),
      ending: { reason: disabled ? 'disabled' : 'role' },
    },
    deps,
  )
  if (user) return { user, isChange }
  throw new ApiError(isStale(await readUser(db, id)) ? 'precondition.failed' : await refusal(db, admin))
}

/** The problem of a change that was refused although the version is current. */
async function refusal(db: Database, admin: CurrentUser | undefined) {
  const caller = admin && (await readOwnAccount(db, admin.id))
  const isAdmin = !caller || (caller.role === 'admin' && !caller.disabledAt)
  if (isAdmin) return 'users.last_admin'
  return admin?.tokenId ? 'auth.forbidden' : 'auth.session_revoked'
}

interface Change {
  id: string
  set: Partial<Record<'passwordHash' | 'role' | 'disabledAt', string | SQL | null | undefined>>
  conditions?: SQL | undefined
  ending: { reason: EndReason; except?: string }
}

/**
 * Changes one account and ends its sessions, in one statement. Returns the account if it was changed.
 *
 * The account gets a new generation, and so does the session that stays. The statement cannot see a session that was
 * stored after it began; but that session has the old generation and so is over.
 */
async function changeAndEndSessions(db: Database, { id, set, conditions, ending }: Change, deps: Deps) {
  const changed = db.$with('changed').as(
    db
      .update(users)
      .set({
        ...(set as object),
        generation: sql`${users.generation} + 1`,
        generationAt: sql`now()`,
        version: sql`${users.version} + 1`,
        updatedAt: sql`now()`,
      })
      .where(and(eq(users.id, id), conditions))
      .returning({ ...accountColumns, generation: users.generation }),
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
  const kept = db.$with('kept').as(
    db
      .update(sessions)
      .set({ generation: sql`${changed.generation}` })
      .from(changed)
      .where(
        and(
          eq(sessions.userId, changed.id),
          ending.except ? eq(sessions.id, ending.except) : sql`false`,
          isNull(sessions.endedAt),
        ),
      )
      .returning({ keptId: sessions.id }),
  )
  const rows = await db.with(changed, ended, kept).select().from(changed).leftJoin(ended, sql`true`)
  deps.revocations.add(rows.flatMap((row) => row.ended?.endedId ?? []))
  deps.apiTokens.invalidate({ userId: id })
  return rows[0]?.changed
}

/** A session that has already ended keeps its first end. */
function endedNow(reason: EndReason) {
  return {
    endedAt: sql`coalesce(${sessions.endedAt}, now())`,
    endReason: sql`coalesce(${sessions.endReason}, ${reason})`,
  }
}

interface AdminChange {
  /** The account to change. */
  id: string
  /** The admin who makes the change. */
  admin?: CurrentUser | undefined
}

/**
 * False if this is the only admin who can log in, or if the caller is no longer an admin. All rows that it reads are
 * locked, in the order of ids: if two admins remove each other at the same moment, the second waits for the first and
 * then sees that no other admin is left.
 */
function anotherAdminRemains({ id, admin }: AdminChange): SQL {
  const isAdmin = sql`(role = 'admin' and disabled_at is null)`
  return sql`(
    select (coalesce(bool_or(${isAdmin} and id <> ${id}), false) or not coalesce(bool_or(${isAdmin} and id = ${id}), false))
      ${admin ? sql`and coalesce(bool_or(${isAdmin} and id = ${admin.id}), false)` : sql``}
    from (
      select id, role, disabled_at from users where ${isAdmin} or id in (${id}, ${admin?.id ?? id}) order by id for update
    ) as locked)`
}

/** False if the caller is no longer an admin. Locks both accounts, in the order of ids. */
function isStillAdmin({ id, admin }: AdminChange): SQL | undefined {
  if (!admin) return undefined
  return sql`exists (
    select from (
      select id, role, disabled_at from users where id in (${id}, ${admin.id}) order by id for update
    ) as locked where id = ${admin.id} and role = 'admin' and disabled_at is null)`
}
