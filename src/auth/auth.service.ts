import { and, eq, or, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { CurrentUser, Deps } from '../context.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import { skeletonOf } from '../text/skeleton.ts'
import { accountColumns, refuseReserved, refuseTaken } from '../users/users.service.ts'
import { type Role, users } from '../users/users.table.ts'
import { costOf, dummyHash, newPasswordHash } from './passwords.ts'
import type { RefreshToken } from './refresh-tokens.ts'
import { type Device, newSession, sessionColumns } from './sessions.service.ts'
import { sessions } from './sessions.table.ts'

export interface NewAccount {
  username: string
  email: string
  password: string
  role?: Role
}

export type AccountRow = Awaited<ReturnType<typeof createAccount>>

/** What logging in, registering and refreshing come to. */
export interface OpenedSession {
  user: AccountRow
  token: RefreshToken
  /** When the refresh token expires unless it is used. */
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

/** Adds an account and opens its first session, both or neither. @throws as createAccount */
export async function register(
  db: Database,
  { account, device }: { account: NewAccount; device: Device },
  deps: Deps,
): Promise<OpenedSession> {
  refuseReserved(account.username, deps.config)
  const newAccount = await newAccountRow(account, deps)
  const { row, token } = newSession(newAccount.id, device, deps)
  const newUser = db.$with('new_user').as(db.insert(users).values(newAccount).returning(accountColumns))
  const opened = db.$with('opened').as(db.insert(sessions).values(row).returning({ id: sessions.id }))
  const [user] = await db.with(newUser, opened).select().from(newUser).catch(refuseTaken)
  if (!user) throw new Error('INSERT … RETURNING returned nothing.')
  return { user, token, expiresAt: row.expiresAt }
}

const findByLoginQuery = prepared((db) =>
  db
    .select({ ...accountColumns, passwordHash: users.passwordHash })
    .from(users)
    .where(or(eq(users.username, sql.placeholder('login')), eq(users.email, sql.placeholder('login'))))
    .prepare('users_by_login'),
)

interface LogIn {
  username: string
  password: string
  device: Device
}

/** A log-in that failed; the route records whom it was aimed at, the client does not learn it. */
export class FailedLogIn extends ApiError {
  readonly userId: string | undefined

  constructor(userId: string | undefined) {
    super('auth.bad_credentials')
    this.userId = userId
  }
}

/**
 * Checks a password and opens a session. Unknown users, wrong passwords and disabled accounts are answered
 * alike and after the same work. @throws FailedLogIn
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
    await workAsForUnknown(found?.passwordHash, deps)
    throw new FailedLogIn(found?.id)
  }
  const { passwordHash, ...user } = found
  const better = costOf(passwordHash) < cost ? await deps.passwords.hash(password) : undefined
  const { row, token } = newSession(user.id, device, deps)
  await openSession(db, row, better === undefined ? undefined : { from: passwordHash, to: better })
  return { user, token, expiresAt: row.expiresAt }
}

/**
 * A hash from before BCRYPT_COST was raised is checked sooner than the dummy of an unknown user. The rest of
 * the work is done here, so that the time tells nothing: checks at costs c to n-1 and one at c make one at n.
 */
async function workAsForUnknown(stored: string | undefined, { config, passwords }: Deps): Promise<void> {
  if (stored === undefined) return
  for (let cost = costOf(stored); cost < config.BCRYPT_COST; cost++)
    await passwords.verify('', dummyHash(cost))
}

type SessionRow = Awaited<ReturnType<typeof newSession>>['row']

/** A stronger hash of the same password, stored unless the password was changed meanwhile. */
type Upgrade = { from: string; to: string } | undefined

async function openSession(db: Database, row: SessionRow, upgrade: Upgrade): Promise<void> {
  if (!upgrade) {
    await db.insert(sessions).values(row).catch(refuseGoneUser)
    return
  }
  const upgraded = db.$with('upgraded').as(
    db
      .update(users)
      .set({ passwordHash: upgrade.to })
      .where(and(eq(users.id, row.userId), eq(users.passwordHash, upgrade.from)))
      .returning({ id: users.id }),
  )
  await db.with(upgraded).insert(sessions).values(row).catch(refuseGoneUser)
}

const readSessionQuery = prepared((db) =>
  db
    .select({ user: accountColumns, session: sessionColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sql.placeholder('id')), eq(users.id, sql.placeholder('userId'))))
    .prepare('sessions_read'),
)

/** The session of a token and its account. @throws ApiError auth.token_invalid if they are gone */
export async function readSession(db: Database, { sessionId, id }: CurrentUser) {
  const [row] = await readSessionQuery(db).execute({ id: sessionId, userId: id })
  if (!row) throw new ApiError('auth.token_invalid', { detail: 'The account of this token is gone.' })
  return row
}

function refuseGoneUser(error: unknown): never {
  if (violatedConstraint(error) === 'sessions_user_id_users_id_fk') throw new FailedLogIn(undefined)
  throw error
}
