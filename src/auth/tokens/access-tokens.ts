import { sign, verify } from 'hono/jwt'
import { z } from 'zod'
import type { SessionUser } from '../../api/context.ts'
import type { TokenKey, TokenKeys } from '../../api/ports.ts'
import { roles } from '../../api/roles.ts'
import type { Config } from '../../config/config.ts'
import { ApiError } from '../../errors/api-error.ts'
import { fromBase64Url } from '../../http/base64url.ts'

interface Issuer {
  config: Config
  keys: TokenKeys
  now(): number
}

/** Longer tokens are refused without reading them; a real one has about 450 characters. */
const maxTokenLength = 4096

const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.uuid(),
  sid: z.uuid(),
  role: z.enum(roles),
  iat: z.int(),
  exp: z.int(),
  nbf: z.int().optional(),
  jti: z.string(),
})
type Claims = z.output<typeof Claims>

/** Issues a signed access token (JWT, RFC 7519) for this user and session. */
export async function issueAccessToken(user: SessionUser, { config, keys, now }: Issuer): Promise<string> {
  const issuedAt = Math.floor(now() / 1000)
  const claims = {
    iss: config.JWT_ISSUER,
    aud: config.JWT_AUDIENCE,
    sub: user.id,
    sid: user.sessionId,
    role: user.role,
    iat: issuedAt,
    exp: issuedAt + config.ACCESS_TOKEN_TTL,
    jti: crypto.randomUUID(),
  } satisfies Claims
  return sign(claims, keys.signing, keys.signing.alg)
}

/**
 * Verifies an access token and returns its user. The signature is checked before all claims, so that "expired" is never
 * the response to a forged token.
 * @throws ApiError auth.token_invalid or auth.token_expired
 */
export async function verifyAccessToken(token: string, issuer: Issuer): Promise<SessionUser> {
  const { config } = issuer
  const claims = verified.get(issuer.keys)?.get(token) ?? (await signedClaims(token, issuer.keys))
  if (claims.iss !== config.JWT_ISSUER || claims.aud !== config.JWT_AUDIENCE)
    throw new ApiError('auth.token_invalid')
  const now = issuer.now() / 1000
  if (Math.max(claims.iat, claims.nbf ?? 0) > now + config.CLOCK_TOLERANCE)
    throw new ApiError('auth.token_invalid')
  // Ended sessions are remembered for ACCESS_TOKEN_TTL, so no token may live longer, whatever its `exp`.
  const latest = claims.iat + config.ACCESS_TOKEN_TTL
  const expiresAt = Math.min(claims.exp, latest)
  // The tolerance for clock differences must not prolong a token that lives one second.
  const tolerance = Math.min(config.CLOCK_TOLERANCE, (expiresAt - claims.iat) / 10)
  if (expiresAt + tolerance <= now) throw new ApiError('auth.token_expired')
  if (claims.exp > latest) throw new ApiError('auth.token_invalid')
  return { id: claims.sub, role: claims.role, sessionId: claims.sid }
}

/**
 * A cache of tokens with a valid signature, by the keys that verified them: clients send the same token many times.
 * Whatever depends on the time or the configuration is still checked at every request.
 */
const verified = new WeakMap<TokenKeys, Map<string, Claims>>()

/** About 5 MB; beyond it, the oldest entries are removed. */
const maxCachedTokens = 10_000

async function signedClaims(token: string, keys: TokenKeys): Promise<Claims> {
  const claims = Claims.safeParse(await verifySignature(token, keys)).data
  if (!claims) throw new ApiError('auth.token_invalid')
  const tokens = verified.get(keys) ?? new Map<string, Claims>()
  verified.set(keys, tokens.set(token, claims))
  const [oldest] = tokens.size > maxCachedTokens ? tokens.keys() : []
  if (oldest !== undefined) tokens.delete(oldest)
  return claims
}

async function verifySignature(token: string, keys: TokenKeys): Promise<unknown> {
  const [header, payload, signature, ...rest] = token.length > maxTokenLength ? [] : token.split('.')
  const isWhole =
    header && payload && signature && rest.length === 0 && fromBase64Url(signature) !== undefined
  if (!isWhole) throw new ApiError('auth.token_invalid')
  const [protectedHeader, claims] = [parsePart(header), parsePart(payload)]
  for (const key of keysFor(protectedHeader, keys)) {
    try {
      // hono/jwt checks claims before the signature and fails on unusual payloads, so these checks are off and ours
      // come later.
      await verify(token, key, { alg: key.alg, exp: false, nbf: false, iat: false })
      return claims
    } catch {
      // Another key may match. The error's message contains the token, so it is not logged.
    }
  }
  throw new ApiError('auth.token_invalid')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Decodes a part of a token: canonical base64url without white space and padding (RFC 7515, section 2) of JSON in UTF-8
 * (RFC 7519, section 7.2). hono/jwt decodes less strictly.
 * @throws ApiError auth.token_invalid
 */
function parsePart(part: string): unknown {
  try {
    const bytes = fromBase64Url(part)
    if (bytes) return JSON.parse(utf8.decode(bytes))
  } catch {
    // Not UTF-8, or not JSON. The error's message quotes the token, so it is not logged.
  }
  throw new ApiError('auth.token_invalid')
}

/**
 * The keys that may have signed the token: the key with the `kid` of its header, or all keys if it has none. Never a
 * key of another algorithm (RFC 8725, section 3.1), and never a key inside the header.
 */
function keysFor(header: unknown, { accepted }: TokenKeys): readonly TokenKey[] {
  const { alg, kid } = Object(header) as { alg?: unknown; kid?: unknown }
  return accepted.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid))
}
