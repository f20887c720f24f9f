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

/** Longest token that is looked at; ours have about 450 characters. */
const longestToken = 4096

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

/** A signed access token (JWT, RFC 7519) for this user and session. */
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
 * Who the token speaks for. The signature is checked first and by itself; only then is anything believed
 * that the token says, so "expired" is never said of a forgery.
 * @throws ApiError auth.token_invalid or auth.token_expired
 */
export async function verifyAccessToken(token: string, issuer: Issuer): Promise<SessionUser> {
  const { config } = issuer
  const claims = known.get(issuer.keys)?.get(token) ?? (await signedClaims(token, issuer.keys))
  if (claims.iss !== config.JWT_ISSUER || claims.aud !== config.JWT_AUDIENCE)
    throw new ApiError('auth.token_invalid')
  const now = issuer.now() / 1000
  if (Math.max(claims.iat, claims.nbf ?? 0) > now + config.CLOCK_TOLERANCE)
    throw new ApiError('auth.token_invalid')
  // Sessions that have ended are remembered for ACCESS_TOKEN_TTL: no token may outlive it, whatever its `exp` says.
  const latest = claims.iat + config.ACCESS_TOKEN_TTL
  const expiresAt = Math.min(claims.exp, latest)
  // A tolerance of seconds must not turn a token of one second into one of many.
  const tolerance = Math.min(config.CLOCK_TOLERANCE, (expiresAt - claims.iat) / 10)
  if (expiresAt + tolerance <= now) throw new ApiError('auth.token_expired')
  if (claims.exp > latest) throw new ApiError('auth.token_invalid')
  return { id: claims.sub, role: claims.role, sessionId: claims.sid }
}

/**
 * Tokens with a right signature, by the keys that they were checked with: a client sends the same one again and
 * again. All that time or configuration can change is looked at in every request.
 */
const known = new WeakMap<TokenKeys, Map<string, Claims>>()

/** Some 5 MB; beyond it the oldest go. */
const mostKnown = 10_000

async function signedClaims(token: string, keys: TokenKeys): Promise<Claims> {
  const claims = Claims.safeParse(await verifySignature(token, keys)).data
  if (!claims) throw new ApiError('auth.token_invalid')
  const tokens = known.get(keys) ?? new Map<string, Claims>()
  known.set(keys, tokens.set(token, claims))
  const [oldest] = tokens.size > mostKnown ? tokens.keys() : []
  if (oldest !== undefined) tokens.delete(oldest)
  return claims
}

async function verifySignature(token: string, keys: TokenKeys): Promise<unknown> {
  const [header, payload, signature, ...rest] = token.length > longestToken ? [] : token.split('.')
  const isWhole =
    header && payload && signature && rest.length === 0 && fromBase64Url(signature) !== undefined
  if (!isWhole) throw new ApiError('auth.token_invalid')
  const [protectedHeader, claims] = [parsePart(header), parsePart(payload)]
  for (const key of keysFor(protectedHeader, keys)) {
    try {
      // Its own checks of claims come before the signature and trip over odd payloads: ours come after.
      await verify(token, key, { alg: key.alg, exp: false, nbf: false, iat: false })
      return claims
    } catch {
      // Not this key. The error's message holds the token: it goes nowhere.
    }
  }
  throw new ApiError('auth.token_invalid')
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The JSON value in a part of a token: canonical base64url without blanks and padding (RFC 7515, section 2) of JSON in
 * UTF-8 (RFC 7519, section 7.2). hono/jwt decodes the same text leniently. @throws ApiError auth.token_invalid
 */
function parsePart(part: string): unknown {
  try {
    const bytes = fromBase64Url(part)
    if (bytes) return JSON.parse(utf8.decode(bytes))
  } catch {
    // Not UTF-8, or not JSON. The error's message quotes the token: it goes nowhere.
  }
  throw new ApiError('auth.token_invalid')
}

/**
 * The keys that may have signed the token: the one that its header names, or any if it names none. Never a key of
 * another algorithm, whatever the header says (RFC 8725, section 3.1), and never one that the header brings.
 */
function keysFor(header: unknown, { accepted }: TokenKeys): readonly TokenKey[] {
  const { alg, kid } = Object(header) as { alg?: unknown; kid?: unknown }
  return accepted.filter((key) => key.alg === alg && (kid === undefined || key.kid === kid))
}
