import { and, eq, lte, or, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Deps, SessionUser } from '../../api/context.ts'
import type { Role } from '../../api/roles.ts'
import type { Database } from '../../db/database.ts'
import { hasSqlState } from '../../db/errors.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { ApiError } from '../../errors/api-error.ts'
import { limits } from '../../limits/limits.table.ts'
import { skeletonOf } from '../../text/skeleton.ts'
import { accountColumns, refuseReserved, refuseTaken } from '../../users/users.service.ts'
import { users } from '../../users/users.table.ts'
import { costOf, dummyHash, newPasswordHash } from '../passwords/passwords.ts'
import type { RefreshToken } from '../sessions/refresh-tokens.ts'
import { type Device, newSession, sessionColumns } from '../sessions/sessions.service.ts'
import { sessions } from '../sessions/sessions.table.ts'

export interface NewAccount {
  username: string
  email: string
  password: string
  role?: Role
}

type AccountRow = Awaited<ReturnType<typeof createAccount>>

/** The result of a log-in, a registration or a refresh. */
export interface OpenedSession {
  user: AccountRow
  token: RefreshToken
  /** When the refresh token expires if it is not used. */
  expiresAt: Date
}

async function newAccountRow({ role = 'user', ...account }: NewAccount, deps: Deps) {
  const { username, email } = account
  const passwordHash = await newPasswordHash({ ...account, pointer: '/password' }, deps)
  return { id: uuidv7(), username, usernameSkeleton: skeletonOf(username), email, role, passwordHash }
}

/** Adds an account. @throws ApiError request.invalid, users.username_taken, users.email_taken */
export async function createAccount(db: Database, account: NewAccount, deps: Deps) {
  const row = await newAccountRow(account, deps)
  const [user] = await db.insert(users).values(row).returning(accountColumns).catch(refuseTaken)
  if (!user) throw new Error('INSERT … RETURNING returned nothing.')
  return user
}

/**
 * Adds the first admin; undefined if an admin exists by now. If several servers start at once with different ADMIN_…
 * settings, only one creates an admin. A statement cannot see uncommitted rows of another, so they wait for each other
 * on a row in `limits`. It lives longer than every statement that began before its commit. @throws as createAccount
 */
export async function createFirstAdmin(db: Database, account: NewAccount, deps: Deps) {
  const row = await newAccountRow({ ...account, role: 'admin' }, deps)
  const expiresAt = sql`now() + interval '1 hour'`
  const claimed = db.$with('claimed').as(
    db
      .insert(limits)
      .values({ key: 'first admin', used: 1, pending: 0, expiresAt })
      .onConflictDoUpdate({
        target: limits.key,
        set: { expiresAt },
        setWhere: lte(limits.expiresAt, sql`now()`),
      })
      .returning({ key: limits.key }),
  )
  const noAdmin = sql`not exists (select from users where role = 'admin')`
  const [user] = await db
    .with(claimed)
    .insert(users)
    .values({ ...row, role: sql`(select 'admin' from claimed where ${noAdmin})` })
    .returning(accountColumns)
    .catch((error) => (hasSqlState(error, '23502') ? [] : refuseTaken(error))) // the role would be null: another server has claimed it, or an admin exists
  return user
}

/** Adds an account and opens its first session, both or neither. @throws as createAccount */
export async function register(
  db: Database,
  { account, device }: { account: NewAccount; device: Device },
  deps: Deps,
): Promise<OpenedSession> {
  refuseReserved(account.username, deps.config)
  const newAccount = await newAccountRow(account, deps)
  const { row, token } = newSession({ id: newAccount.id, generation: 1 }, device, deps)
  const newUser = db.$with('new_user').as(db.insert(users).values(newAccount).returning(accountColumns))
  const opened = db.$with('opened').as(db.insert(sessions).values(row).returning({ id: sessions.id }))
  const [user] = await db.with(newUser, opened).select().from(newUser).catch(refuseTaken)
  if (!user) throw new Error('INSERT … RETURNING returned nothing.')
  return { user, token, expiresAt: row.expiresAt }
}

const findByLoginQuery = prepared((db) =>
  db
    .select({ ...accountColumns, passwordHash: users.passwordHash, generation: users.generation })
    .from(users)
    .where(or(eq(users.username, sql.placeholder('login')), eq(users.email, sql.placeholder('login'))))
    .prepare('users_by_login'),
)

interface LogIn {
  username: string
  password: string
  device: Device
}

/** A failed log-in. The audit event records the account, the response does not. */
export class FailedLogIn extends ApiError {
  readonly userId: string | undefined

  constructor(userId: string | undefined) {
    super('auth.bad_credentials')
    this.userId = userId
  }
}

/**
 * Checks a password and opens a session. An unknown user, a wrong password and a disabled account cause the same
 * response after the same work. So does an account whose password, role or state changed after it was read.
 * @throws FailedLogIn
 */
export async function logIn(
  db: Database,
  { username, password, device }: LogIn,
  deps: Deps,
): Promise<OpenedSession> {
  const cost = deps.config.BCRYPT_COST
  const [found] = await findByLoginQuery(db).execute({ login: username })
  const isRight = await deps.passwords.verify(password, found?.passwordHash ?? dummyHash(cost))
  if (!found || !isRight || found.disabledAt) {
    await addMissingWork(found?.passwordHash, deps)
    throw new FailedLogIn(found?.id)
  }
  const { passwordHash, generation, ...user } = found
  const better = costOf(passwordHash) < cost ? await deps.passwords.hash(password) : undefined
  const { row, token } = newSession({ id: user.id, generation }, device, deps)
  const isOpen = await openSession(db, row, better)
  if (!isOpen) throw new FailedLogIn(user.id)
  return { user, token, expiresAt: row.expiresAt }
}

/**
 * A hash with a lower cost (from before BCRYPT_COST was raised) is checked faster than the dummy hash of an unknown
 * user. This adds the missing work, so that the response time tells nothing. Each step of the cost doubles the work:
 * checks at costs c, c, c+1, … n-1 take as long as one at n.
 */
async function addMissingWork(stored: string | undefined, { config, passwords }: Deps): Promise<void> {
  if (stored === undefined) return
  for (let cost = costOf(stored); cost < config.BCRYPT_COST; cost++)
    await passwords.verify('', dummyHash(cost))
}

type SessionRow = Awaited<ReturnType<typeof newSession>>['row']

/**
 * Stores a session if its account still has the generation that was checked; also stores the stronger hash of the
 * password, if there is one. Returns false if the account has changed.
 *
 * The statement locks the user's row until the session is committed, by FOR SHARE or by the UPDATE. So a change of the
 * account comes first, and then the condition fails; or it waits, and then the session has an older generation. The
 * foreign key alone would take FOR KEY SHARE, which does not wait for changes of other columns.
 */
async function openSession(db: Database, row: SessionRow, betterHash: string | undefined): Promise<boolean> {
  const isUnchanged = and(eq(users.id, row.userId), eq(users.generation, row.generation))
  const values = sessionValues(row)
  if (betterHash === undefined) {
    const account = db.select(values).from(users).where(isUnchanged).for('share')
    return (await db.insert(sessions).select(account).returning({ id: sessions.id })).length > 0
  }
  const upgraded = db
    .$with('upgraded')
    .as(db.update(users).set({ passwordHash: betterHash }).where(isUnchanged).returning({ id: users.id }))
  const account = db.select(values).from(upgraded)
  return (await db.with(upgraded).insert(sessions).select(account).returning({ id: sessions.id })).length > 0
}

/** In the order of the table's columns, as INSERT … SELECT requires. */
function sessionValues(row: SessionRow) {
  const time = (value: Date) => sql`${value.toISOString()}::timestamptz`
  return {
    id: sql`${row.id}::uuid`.as('id'),
    userId: sql`${row.userId}::uuid`.as('user_id'),
    generation: sql`${row.generation}::int`.as('generation'),
    userAgent: sql`${row.userAgent ?? null}::text`.as('user_agent'),
    address: sql`${row.address}::text`.as('address'),
    createdAt: time(row.createdAt).as('created_at'),
    lastUsedAt: time(row.lastUsedAt).as('last_used_at'),
    expiresAt: time(row.expiresAt).as('expires_at'),
    refreshHash: sql`${row.refreshHash}::text`.as('refresh_hash'),
    replacedTokens: sql`'[]'::jsonb`.as('replaced_tokens'),
    endedAt: sql`null::timestamptz`.as('ended_at'),
    endReason: sql`null::text`.as('end_reason'),
  }
}

const readSessionQuery = prepared((db) =>
  db
    .select({ user: accountColumns, session: { ...sessionColumns, generation: sessions.generation } })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sql.placeholder('id')), eq(users.id, sql.placeholder('userId'))))
    .prepare('sessions_read'),
)

/** Reads the session of an access token and its account. @throws ApiError auth.token_invalid if they were deleted */
export async function readSession(db: Database, { sessionId, id }: SessionUser) {
  const [row] = await readSessionQuery(db).execute({ id: sessionId, userId: id })
  if (!row) throw new ApiError('auth.token_invalid', { detail: 'The account of this token is gone.' })
  return row
}
