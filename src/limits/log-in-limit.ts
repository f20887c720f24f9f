import { eq, or, sql } from 'drizzle-orm'
import type { AppContext } from '../api/context.ts'
import { limitsOfRoutes } from '../api/limit-policies.ts'
import { audit } from '../audit/audit.service.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { users } from '../users/users.table.ts'
import { type Attempt, beginAttempt, isFailedGuess, isLimited } from './attempts.ts'
import { knownKey, limitKey, sourceOf } from './limit-keys.ts'
import type { Counter } from './limits.service.ts'

/**
 * Runs a log-in with this username or e-mail address, unless too many have failed; then the password is not even
 * checked. Unknown names are counted in the same way. A success clears the failures for this account from this address,
 * so that typing errors do not add up.
 * @throws ApiError auth.too_many_attempts
 */
export async function limitLogIn<T>(c: AppContext, name: string, logIn: () => Promise<T>): Promise<T> {
  if (!isLimited(c, 'logIn')) return logIn()
  const [user] = await findAccountQuery(c.var.db).execute({ name })
  return user
    ? limitGuesses(c, { id: user.id, name, names: [user.username, user.email] }, logIn)
    : limitGuesses(c, { name, names: [name] }, logIn)
}

/**
 * Runs a password check of a logged-in user, so that the thief of a token cannot guess the password there. It counts
 * together with log-ins.
 * @throws ApiError auth.too_many_attempts
 */
export async function limitPasswordCheck<T>(c: AppContext, id: string, check: () => Promise<T>): Promise<T> {
  return isLimited(c, 'logIn') ? limitGuesses(c, { id, names: [] }, check) : check()
}

interface Target {
  /** Id of the account; absent if the name is unknown. */
  id?: string
  /** The name that the client sent; absent if the user is logged in. */
  name?: string
  /** The username and the e-mail address of the account. */
  names: readonly string[]
}

async function limitGuesses<T>(c: AppContext, target: Target, guess: () => Promise<T>): Promise<T> {
  const source = sourceOf(c)
  const account = target.id === undefined ? `name ${target.name}` : `id ${target.id}`
  const known = await knownKey(account, source)
  const attempt = await beginAttempt(c, await countersOf(c, { name: target.name, account, source, known }))
  const taken = attempt.counts.map(({ counter }) => counter.key)
  try {
    const result = await guess()
    const cleared = await Promise.all([
      limitKey('login', account, source),
      ...target.names.map((name) => limitKey('login-name', name, source)),
    ])
    const remembered = { key: known, seconds: c.var.deps.config.KNOWN_ADDRESS_TTL }
    await attempt.settle({ cleared, back: taken.filter((key) => !cleared.includes(key)), remembered })
    return result
  } catch (error) {
    await attempt.settle(isFailedGuess(error) ? { spent: taken } : { back: taken })
    if (isFailedGuess(error)) await auditExhausted(c, attempt, target.id)
    throw error
  }
}

interface Guess {
  name: string | undefined
  account: string
  source: string
  known: string
}

/**
 * An account has two names, and an attempt with either counts for it. RateLimit shows only the counter of the name that
 * was sent: otherwise one failure with each of two names would show that they belong to one account.
 */
async function countersOf(c: AppContext, { name, account, source, known }: Guess): Promise<Counter[]> {
  const { config } = c.var.deps
  const { pair, address, account: overall } = limitsOfRoutes.logIn.policies(config)
  const isSettled = true
  const isHidden = name !== undefined
  const counters: Counter[] = [
    { key: await limitKey('login', account, source), policy: pair, isSettled, isHidden },
    { key: await limitKey('login-address', source), policy: address, isSettled },
    {
      key: await limitKey('login-account', account),
      policy: overall,
      isSettled,
      isHidden: true,
      longestWait: config.LOGIN_ACCOUNT_WAIT,
      unless: known,
    },
  ]
  if (name === undefined) return counters
  return [{ key: await limitKey('login-name', name, source), policy: pair, isSettled }, ...counters]
}

/**
 * Recorded at the failure that uses up a quota. The refusals after it are not recorded, since their number has no
 * limit.
 */
async function auditExhausted(c: AppContext, { counts }: Attempt, userId: string | undefined): Promise<void> {
  const exhausted = counts.filter(({ counter, used }) => used === counter.policy.quota)
  for (const policy of new Set(exhausted.map(({ counter }) => counter.policy.name))) {
    await audit(c, { action: 'session.login_limited', userId, detail: { policy } })
  }
}

const findAccountQuery = prepared((db) =>
  db
    .select({ id: users.id, username: users.username, email: users.email })
    .from(users)
    .where(or(eq(users.username, sql.placeholder('name')), eq(users.email, sql.placeholder('name'))))
    .prepare('limits_account'),
)
