import type { AppContext, SessionUser } from '../../api/context.ts'
import { ApiError } from '../../errors/api-error.ts'
import { limitPasswordCheck } from '../../limits/log-in-limit.ts'
import { checkPassword } from '../passwords/check-password.ts'
import { readSession } from './log-in.service.ts'

/**
 * A stolen token alone must not be enough to take an account over, by way of its e-mail address or of an API token. A
 * log-in within FRESH_LOGIN is proof, and so is the password in the request. The contract of the route declares the
 * limit `logIn`. Gives the generation of the account at which that was so.
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
