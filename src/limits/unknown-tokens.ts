import type { AppContext } from '../api/context.ts'
import { ApiError } from '../errors/api-error.ts'
import { limitKey, sourceOf } from './limit-keys.ts'
import { takeAttempt } from './limits.service.ts'

/** Addresses that are remembered as exhausted; beyond it the oldest are asked for again. */
const mostAddresses = 10_000

/**
 * Nobody can guess an API token, but whoever tries keeps the database busy. So the API tokens that nobody has are
 * counted by address, like failed log-ins: beyond LOGIN_ADDRESS_LIMIT none from there is looked up, but for those
 * that were good on this server before.
 */
export function unknownTokenLimit() {
  /** When an address may try again, in milliseconds since 1970. */
  const exhausted = new Map<string, number>()

  return {
    /** Before the look-up of a token. @throws ApiError request.too_many */
    check(c: AppContext): void {
      if (exhausted.size === 0) return
      const source = sourceOf(c)
      const until = exhausted.get(source)
      if (until === undefined) return
      const now = c.get('deps').now()
      if (until > now) refuse(c, (until - now) / 1000)
      exhausted.delete(source)
    },
    /** After the look-up of a token that nobody has. @throws ApiError request.too_many */
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
      const [oldest] = exhausted.size > mostAddresses ? exhausted.keys() : []
      if (oldest !== undefined) exhausted.delete(oldest)
      refuse(c, count.freeIn)
    },
  }
}

function refuse(c: AppContext, wait: number): never {
  const seconds = Math.max(1, Math.ceil(wait))
  c.get('deps').metrics?.recorder?.limited('unknown-tokens')
  throw new ApiError('request.too_many', {
    detail: `Too many API tokens from this address were unknown. The next is looked up in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    headers: { 'Retry-After': String(seconds) },
  })
}
