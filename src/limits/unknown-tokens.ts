import type { AppContext } from '../api/context.ts'
import { ApiError } from '../errors/api-error.ts'
import { limitKey, sourceOf } from './limit-keys.ts'
import { takeAttempt } from './limits.service.ts'

/** Maximum number of cached addresses. Beyond it, the oldest are dropped, and the database decides again. */
const maxAddresses = 10_000

/**
 * Limits the unknown API tokens of each address, like failed log-ins: API tokens cannot be guessed, but each attempt
 * costs a query. Beyond LOGIN_ADDRESS_LIMIT the server looks up no token from this address, except those it has found
 * before.
 */
export function unknownTokenLimit() {
  /** When each exhausted address may try again, in milliseconds since 1970. */
  const exhausted = new Map<string, number>()

  return {
    /** Call it before the look-up of a token. @throws ApiError request.too_many */
    check(c: AppContext): void {
      if (exhausted.size === 0) return
      const source = sourceOf(c)
      const until = exhausted.get(source)
      if (until === undefined) return
      const now = c.get('deps').now()
      if (until > now) refuse(c, (until - now) / 1000)
      exhausted.delete(source)
    },
    /** Call it after the look-up of an unknown token. @throws ApiError request.too_many */
    async count(c: AppContext): Promise<void> {
      const { config, now } = c.get('deps')
      if (config.RATE_LIMIT === 'off') return
      const source = sourceOf(c)
      const policy = {
        name: 'unknown-tokens',
        quota: config.LOGIN_ADDRESS_LIMIT,
        window: config.LOGIN_WINDOW,
      }
      const counter = { key: await limitKey(policy.name, source), policy, isSettled: false }
      const [count] = await takeAttempt(c.get('deps').connect(c as never, 'write'), [counter], now())
      if (!count || count.isTaken) return
      exhausted.set(source, now() + count.freeIn * 1000)
      const [oldest] = exhausted.size > maxAddresses ? exhausted.keys() : []
      if (oldest !== undefined) exhausted.delete(oldest)
      refuse(c, count.freeIn)
    },
  }
}

function refuse(c: AppContext, wait: number): never {
  const seconds = Math.max(1, Math.ceil(wait))
  c.get('deps').metrics?.recorder?.limited('unknown-tokens')
  throw new ApiError('request.too_many', {
    detail: `Too many unknown API tokens from this address. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    headers: { 'Retry-After': String(seconds) },
  })
}
