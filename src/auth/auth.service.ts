import { and, eq, or, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { CurrentUser, Deps } from '../context.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import { accountColumns, refuseTaken } from '../users/users.service.ts'
import { type Role, users } from '../users/users.table.ts'
import { checkNewPassword, dummyHash, isOutdated } from './passwords.ts'
import { sessions } from './sessions.table.ts'

export interface NewAccount {
  username: string
  email: string
  password: string
  role?: Role
}

/** Where a session is opened from. */
export interface Device {
  userAgent: string | undefined
}

export type AccountRow = Awaited<ReturnType<typeof createAccount>>

/** The row of a new account. @throws ApiError request.invalid for a weak password */
async function newAccountRow({ username, email, password, role = 'user' }: NewAccount, deps: Deps) {
  const minLength = deps.config.PASSWORD_MIN_LENGTH
  checkNewPassword({ password, username, email, minLength, pointer: '/password' })
  return { id: uuidv7(), username, email, role, passwordHash: await deps.passwords.hash(password) }
}

function newSessionRow(userId: string, { userAgent }: Device) {
  return { id: uuidv7(), userId, userAgent: userAgent?.slice(0, 512) }
}

/** Adds an account. @throws ApiError request.invalid, users.username_taken, users.email_taken */
export async function createAccount(db: Database, account: NewAccount, deps: Deps) {
  const row = await newAccountRow(account, deps)
  const [user] = await db.insert(users).values(row).returning(accountColumns).catch(refuseTaken)
  if (!user) throw new Error('INSERT … RETURNING returned nothing.')
  return user
}

interface NewPassword {
  user: { id: string; username: string; email: string }
  password: string
}

/** Gives an account another password. @throws ApiError request.invalid for a weak one */
export async function setAccountPassword(
  db: Database,
  { user, password }: NewPassword,
  deps: Deps,
): Promise<void> {
  const minLength = deps.config.PASSWORD_MIN_LENGTH
  checkNewPassword({ password, ...user, minLength, pointer: '/password' })
  const passwordHash = await deps.passwords.hash(password)
  await db.update(users).set({ passwordHash, updatedAt: sql`now()` }).where(eq(users.id, user.id))
}

/** Adds an account and opens its first session, both or neither. @throws as createAccount */
export async function register(db: Database, { account, device }: Registration, deps: Deps) {
  const row = await newAccountRow(account, deps)
  const session = newSessionRow(row.id, device)
  const newUser = db.$with('new_user').as(db.insert(users).values(row).returning(accountColumns))
  const newSession = db
    .$with('new_session')
    .as(db.insert(sessions).values(session).returning({ id: sessions.id }))
  const [user] = await db.with(newUser, newSession).select().from(newUser).catch(refuseTaken)
  if (!user) throw new Error('INSERT … RETURNING returned nothing.')
  return { user, sessionId: session.id }
}

interface Registration {
  account: NewAccount
  device: Device
}

const findByLoginQuery = prepared((db) =>
  db
    .select({ ...accountColumns, passwordHash: users.passwordHash, disabledAt: users.disabledAt })
    .from(users)
    .where(or(eq(users.username, sql.placeholder('login')), eq(users.email, sql.placeholder('login'))))
    .prepare('users_by_login'),
)

interface LogIn {
  username: string
  password: string
  device: Device
}

/**
 * Checks a password and opens a session. Unknown users, wrong passwords and disabled accounts are answered
 * alike and after the same work. @throws ApiError auth.bad_credentials
 */
export async function logIn(db: Database, { username, password, device }: LogIn, deps: Deps) {
  const cost = deps.config.BCRYPT_COST
  const [found] = await findByLoginQuery(db).execute({ login: username })
  const isRight = await deps.passwords.verify(password, found?.passwordHash ?? dummyHash(cost))
  if (!found || !isRight || found.disabledAt) throw new ApiError('auth.bad_credentials')
  const { passwordHash, disabledAt: _, ...user } = found
  const better = isOutdated(passwordHash, cost) ? await deps.passwords.hash(password) : undefined
  const session = newSessionRow(user.id, device)
  await openSession(db, {
    session,
    upgrade: better === undefined ? undefined : { from: passwordHash, to: better },
  }).catch(refuseGoneUser)
  return { user, sessionId: session.id }
}

interface OpenSession {
  session: ReturnType<typeof newSessionRow>
  /** A stronger hash of the same password, stored unless the password was changed meanwhile. */
  upgrade: { from: string; to: string } | undefined
}

async function openSession(db: Database, { session, upgrade }: OpenSession): Promise<void> {
  if (!upgrade) {
    await db.insert(sessions).values(session)
    return
  }
  const upgraded = db.$with('upgraded').as(
    db
      .update(users)
      .set({ passwordHash: upgrade.to })
      .where(and(eq(users.id, session.userId), eq(users.passwordHash, upgrade.from)))
      .returning({ id: users.id }),
  )
  await db.with(upgraded).insert(sessions).values(session)
}

const readSessionQuery = prepared((db) =>
  db
    .select({ user: accountColumns, session: { id: sessions.id, createdAt: sessions.createdAt } })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare('sessions_read'),
)

/** The session of a token and its account. @throws ApiError auth.token_invalid if they are gone */
export async function readSession(db: Database, { sessionId }: CurrentUser) {
  const [row] = await readSessionQuery(db).execute({ id: sessionId })
  if (!row) throw new ApiError('auth.token_invalid', { detail: 'The account of this token is gone.' })
  return row
}

function refuseGoneUser(error: unknown): never {
  if (violatedConstraint(error) === 'sessions_user_id_users_id_fk') throw new ApiError('auth.bad_credentials')
  throw error
}
