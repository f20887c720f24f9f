import type { Database } from '../db/database.ts'
import type { KoreanProblems } from '../errors/problem-context.ts'
import type { Role } from './roles.ts'

// Interfaces of what other folders provide to each request through `Deps`, so that api/ imports none of them.

/** Algorithms of tokens (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export type TokenAlgorithm = 'HS256' | 'EdDSA' | 'ES256' | 'RS256'

/** A public key as `/.well-known/jwks.json` shows it: always in canonical form, whatever the source. */
export type PublicJwk = { use: 'sig'; kid: string } & (
  | { kty: 'OKP'; crv: 'Ed25519'; alg: 'EdDSA'; x: string }
  | { kty: 'EC'; crv: 'P-256'; alg: 'ES256'; x: string; y: string }
  | { kty: 'RSA'; alg: 'RS256'; n: string; e: string }
)

/**
 * A key in the form that is fastest for `hono/jwt`: imported once, with the `alg` and `kid` that it writes into the
 * header of a new token.
 */
export type TokenKey = CryptoKey & { readonly alg: TokenAlgorithm; readonly kid: string }

/** HMAC-SHA-256 with its own key, which is derived from a signing key. */
export type Mac = (message: Uint8Array) => Uint8Array

export interface TokenKeys {
  /** Signs new tokens: a private key or a secret key. */
  signing: TokenKey
  /** Keys that verify tokens, public or secret: the signing key, and during a rotation the previous or the next key. */
  accepted: readonly TokenKey[]
  /** The public keys of `accepted`, for others who verify tokens. Secret keys are not published. */
  published: readonly PublicJwk[]
  /**
   * Sign page cursors. Derived keys, so that a cursor can never pass for a token. The first signs new cursors; all
   * verify.
   */
  cursors: readonly [Mac, ...Mac[]]
  /** Authenticate refresh tokens and derive their successors. The first is for new tokens; all verify. */
  refresh: readonly [Mac, ...Mac[]]
}

/** Hashes passwords. Implemented in src/auth/passwords. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** False for every password over 72 bytes, which bcrypt would truncate silently. */
  verify(password: string, hash: string): Promise<boolean>
}

/** Knows which sessions have ended. Implemented in src/auth/sessions. */
export interface Revocations {
  /** Whether the session has ended; a promise if that needs a query. */
  isRevoked(sessionId: string, db: Database): boolean | Promise<boolean>
  /** Adds sessions that this server has just ended. It refuses them from the next request on. */
  add(sessionIds: readonly string[]): void
}

/** The state of an API token, with the role of its user. */
export interface TokenState {
  id: string
  userId: string
  role: Role
  scopes: readonly string[]
  createdAt: Date
  expiresAt: Date
  /** True if the token or all older tokens of the account were revoked. */
  isRevoked: boolean
  /** Whether the account is disabled. */
  isDisabled: boolean
  lastUsedAt: Date | null
  /** The networks of earlier uses. */
  networks: readonly string[]
}

/** Looks up API tokens: src/auth/api-tokens. */
export interface ApiTokens {
  /** The state of a token, at most half a second old. A promise if it takes a query. */
  find(token: string, db: Database): TokenState | Promise<TokenState | undefined>
  /** Whether the last look-up of this token found it, however old it is. */
  isCached(token: string): boolean
  /** Invalidates the cached state of a token, or of all tokens of a user, after a change. */
  invalidate(changed: { tokenId: string } | { userId: string }): void
}

/** The files of the page at /docs: two of swagger-ui-dist, and the script that starts it. */
export type DocsFile = 'swagger-ui.css' | 'swagger-ui-bundle.js' | 'docs-start.js'

/** The Korean texts. They are in src/languages. */
export interface Korean extends KoreanProblems {
  /** The texts of the pages; their type is in src/pages/texts. */
  pages: object
}
