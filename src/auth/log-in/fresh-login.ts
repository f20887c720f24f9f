import type { AppContext, SessionUser } from '../../api/context.ts'
import { ApiError } from '../../errors/api-error.ts'
import { limitPasswordCheck } from '../../limits/log-in-limit.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { readSession } from './log-in.service.ts'

/**
 * Requires a log-in within FRESH_LOGIN, or the password in the request. A stolen access token alone must not be enough to
 * take over the account, by a new e-mail address or an API token. The contract of the route must declare the limit
 * `logIn`. Returns the generation of the account at the check.
 * @throws ApiError auth.fresh_login_needed, auth.wrong_password, auth.too_many_attempts
 */
export async function requireFreshness(
  c: AppContext & { var: { user: SessionUser } },
  password: string | undefined,
): Promise<{ generation: number }> {
  const { db, deps, user } = c.var
  if (password !== undefined)
    return limitPasswordCheck(c, user.id, () => checkPassword(db, { id: user.id, password }, deps))
  const { session } = await readSession(db, user)
  const age = (deps.now() - session.createdAt.getTime()) / 1000
  if (age > deps.config.FRESH_LOGIN) throw new ApiError('auth.fresh_login_needed')
  return session
}
