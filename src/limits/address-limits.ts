import type { AppContext } from '../api/context.ts'
import { limitsOfRoutes } from '../api/limit-policies.ts'
import { beginAttempt, isFailedGuess, isLimited } from './attempts.ts'
import { knownKey, limitKey, sourceOf } from './limit-keys.ts'
import { settleAttempt } from './limits.service.ts'

/**
 * Runs a registration unless this address has made too many. An attempt with a taken name counts too, since its
 * response tells who has an account.
 * @throws ApiError request.too_many
 */
export async function limitRegistration<T extends { user: { id: string } }>(
  c: AppContext,
  register: () => Promise<T>,
): Promise<T> {
  if (!isLimited(c, 'register')) return register()
  const { config, now } = c.var.deps
  const source = sourceOf(c)
  const key = await limitKey('register', source)
  const policy = limitsOfRoutes.register.policies(config).address
  const attempt = await beginAttempt(c, [{ key, policy, isSettled: false }])
  try {
    const opened = await register()
    const remembered = {
      key: await knownKey(`id ${opened.user.id}`, source),
      seconds: config.KNOWN_ADDRESS_TTL,
    }
    await settleAttempt(c.var.db, { remembered }, now())
    return opened
  } catch (error) {
    if (!isFailedGuess(error)) await attempt.settle({ back: [key] })
    throw error
  }
}

/**
 * Counts a refresh, whether it succeeds or not. Refresh tokens cannot be guessed; this limit only keeps one address
 * from overloading the database.
 * @throws ApiError request.too_many
 */
export async function limitRefresh(c: AppContext): Promise<void> {
  if (!isLimited(c, 'refresh')) return
  const policy = limitsOfRoutes.refresh.policies(c.var.deps.config).address
  await beginAttempt(c, [{ key: await limitKey('refresh', sourceOf(c)), policy, isSettled: false }])
}
