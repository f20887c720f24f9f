import type { AppContext } from '../api/context.ts'
import { limitsOfRoutes } from '../api/limit-policies.ts'
import { beginTry, isAnswer, isLimited } from './attempts.ts'
import { knownKey, limitKey, sourceOf } from './limit-keys.ts'
import { settleTry } from './limits.service.ts'

/**
 * Runs a registration, unless too many have come from this address. One that was refused for a taken name
 * counts too: it tells who has an account. @throws ApiError request.too_many
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
  const attempt = await beginTry(c, [{ key, policy, isSettled: false }])
  try {
    const opened = await register()
    const remembered = {
      key: await knownKey(`id ${opened.user.id}`, source),
      seconds: config.KNOWN_ADDRESS_TTL,
    }
    await settleTry(c.var.db, { remembered }, now())
    return opened
  } catch (error) {
    if (!isAnswer(error)) await attempt.settle({ back: [key] })
    throw error
  }
}

/**
 * Counts a refresh, good or bad: a refresh token cannot be guessed, so this only keeps one address from
 * keeping the database busy. @throws ApiError request.too_many
 */
export async function limitRefresh(c: AppContext): Promise<void> {
  if (!isLimited(c, 'refresh')) return
  const policy = limitsOfRoutes.refresh.policies(c.var.deps.config).address
  await beginTry(c, [{ key: await limitKey('refresh', sourceOf(c)), policy, isSettled: false }])
}
