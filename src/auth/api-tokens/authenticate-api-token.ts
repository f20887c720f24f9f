import type { AppContext, CurrentUser } from '../../api/context.ts'
import { policyHeader, remainingHeader, withRequests } from '../../api/limit-headers.ts'
import type { KnownToken } from '../../api/ports.ts'
import type { Config } from '../../config/config.ts'
import { ApiError } from '../../errors/api-error.ts'
import { unknownTokenLimit } from '../../limits/unknown-tokens.ts'
import { windowCounter } from '../../limits/window-counter.ts'
import { endOf } from './api-tokens.schemas.ts'
import { isWellFormed } from './token-format.ts'
import { noteUse } from './use-of-tokens.ts'

/**
 * Gives the user of an API token, with the role that the account has now. The limit on each token is counted before its
 * scopes are looked at, and after all that makes a token invalid.
 */
export function apiTokenAuthentication(config: Config) {
  const limitToken = tokenLimit(config)
  const unknown = unknownTokenLimit()

  /** @throws ApiError auth.token_invalid, auth.token_revoked, auth.token_expired, request.too_many */
  return async (c: AppContext, text: string): Promise<CurrentUser> => {
    const { apiTokens, now } = c.get('deps')
    if (!isWellFormed(text)) throw new ApiError('auth.token_invalid')
    if (!apiTokens.isRemembered(text)) unknown.check(c)
    const found = apiTokens.find(text, c.get('db'))
    const token = found instanceof Promise ? await found : found
    if (token === undefined) {
      await unknown.count(c)
      throw new ApiError('auth.token_invalid')
    }
    refuseEnded(token, config, now())
    limitToken?.(c, token)
    noteUse(c, token)
    return { id: token.userId, role: token.role, tokenId: token.id, scopes: token.scopes }
  }
}

function refuseEnded(token: KnownToken, config: Config, now: number): void {
  if (token.isRevoked) throw new ApiError('auth.token_revoked')
  if (endOf(token, config).getTime() <= now)
    throw new ApiError('auth.token_expired', { detail: 'The API token has expired.' })
  if (token.isDisabled)
    throw new ApiError('auth.token_revoked', { detail: 'The account of this API token is disabled.' })
}

/** Lets each token be sent so often in a window, then responds with 429: what the token may do is another matter. */
function tokenLimit({ RATE_LIMIT, API_TOKEN_LIMIT: quota, API_TOKEN_WINDOW: window }: Config) {
  if (RATE_LIMIT === 'off') return undefined
  const policy = { name: 'api-token', quota, window }
  const count = windowCounter(policy)
  const policyText = policyHeader([policy])
  return (c: AppContext, { id }: KnownToken) => {
    const { left, seconds } = count(id, c.get('deps').now())
    const headers = c.get('headers')
    headers['RateLimit-Policy'] = withRequests(headers['RateLimit-Policy'], policyText)
    headers.RateLimit = withRequests(
      headers.RateLimit,
      remainingHeader([{ name: policy.name, left, seconds }]),
    )
    if (left >= 0) return
    c.get('deps').metrics?.recorder?.limited(policy.name)
    throw new ApiError('request.too_many', { headers: { 'Retry-After': String(seconds) } })
  }
}
