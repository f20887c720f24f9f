import type { AppContext, CurrentUser } from '../../api/context.ts'
import { policyHeader, remainingHeader, withRequests } from '../../api/limit-headers.ts'
import type { TokenState } from '../../api/ports.ts'
import type { Config } from '../../config/config.ts'
import { ApiError } from '../../errors/api-error.ts'
import { unknownTokenLimit } from '../../limits/unknown-tokens.ts'
import { windowCounter } from '../../limits/window-counter.ts'
import { expiryOf } from './api-tokens.schemas.ts'
import { isWellFormed } from './token-format.ts'
import { recordUse } from './token-use.ts'

/**
 * Returns a function that finds the user of an API token, with the current role of the account. A request counts against
 * the limit of its token only if the token is valid, but also if the token lacks the scope.
 */
export function apiTokenAuthentication(config: Config) {
  const limitToken = tokenLimit(config)
  const unknown = unknownTokenLimit()

  /** @throws ApiError auth.token_invalid, auth.token_revoked, auth.token_expired, request.too_many */
  return async (c: AppContext, text: string): Promise<CurrentUser> => {
    const { apiTokens, now } = c.get('deps')
    if (!isWellFormed(text)) throw new ApiError('auth.token_invalid')
    if (!apiTokens.isCached(text)) unknown.check(c)
    const found = apiTokens.find(text, c.get('db'))
    const token = found instanceof Promise ? await found : found
    if (token === undefined) {
      await unknown.count(c)
      throw new ApiError('auth.token_invalid')
    }
    refuseEnded(token, config, now())
    limitToken?.(c, token)
    recordUse(c, token)
    return { id: token.userId, role: token.role, tokenId: token.id, scopes: token.scopes }
  }
}

function refuseEnded(token: TokenState, config: Config, now: number): void {
  if (token.isRevoked) throw new ApiError('auth.token_revoked')
  if (expiryOf(token, config).getTime() <= now)
    throw new ApiError('auth.token_expired', { detail: 'The API token has expired.' })
  if (token.isDisabled)
    throw new ApiError('auth.token_revoked', { detail: 'The account of this API token is disabled.' })
}

/** Limits the requests with each token in a window; then 429. Counts in the memory of this process. */
function tokenLimit({ RATE_LIMIT, API_TOKEN_LIMIT: quota, API_TOKEN_WINDOW: window }: Config) {
  if (RATE_LIMIT === 'off') return undefined
  const policy = { name: 'api-token', quota, window }
  const count = windowCounter(policy)
  const policyText = policyHeader([policy])
  return (c: AppContext, { id }: TokenState) => {
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
