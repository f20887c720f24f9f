import type { Database } from '../db/database.ts'
import type { KoreanProblems } from '../errors/problem-context.ts'
import type { Role } from './roles.ts'

// What the rooms above give to each request through `Deps`, by shape alone: so api/ imports none of them.

/** Algorithms of tokens (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export type TokenAlgorithm = 'HS256' | 'EdDSA' | 'ES256' | 'RS256'

/** A public key as `/.well-known/jwks.json` shows it: written the one canonical way, whatever the source. */
export type PublicJwk = { use: 'sig'; kid: string } & (
  | { kty: 'OKP'; crv: 'Ed25519'; alg: 'EdDSA'; x: string }
  | { kty: 'EC'; crv: 'P-256'; alg: 'ES256'; x: string; y: string }
  | { kty: 'RSA'; alg: 'RS256'; n: string; e: string }
)

/**
 * A key as `hono/jwt` likes it best: imported once, not at each use, and with the `alg` and `kid` that it
 * writes into the header of what it signs.
 */
export type TokenKey = CryptoKey & { readonly alg: TokenAlgorithm; readonly kid: string }

/** HMAC-SHA-256 with a key that only it knows, which is derived from one that signs tokens. */
export type Mac = (message: Uint8Array) => Uint8Array

export interface TokenKeys {
  /** Signs new tokens: a private or a secret key. */
  signing: TokenKey
  /** Accepted in tokens, as public or secret keys: the signing key's and those that come or go in a rotation. */
  accepted: readonly TokenKey[]
  /** The public keys of `accepted`, for others who verify tokens. Secret keys have none. */
  published: readonly PublicJwk[]
  /** Sign page cursors; derived, so that a cursor can never pass for a token. The first makes new ones, all accept. */
  cursors: readonly [Mac, ...Mac[]]
  /** Tag refresh tokens and derive their successors. The first makes new ones, all accept. */
  refresh: readonly [Mac, ...Mac[]]
}

/** Hashes passwords: src/auth/passwords. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** False for every password beyond 72 bytes, which bcrypt would cut off silently. */
  verify(password: string, hash: string): Promise<boolean>
}

/** Knows the sessions that have ended: src/auth/sessions. */
export interface Revocations {
  /** Whether the session has ended; a promise when the database must be asked. */
  isRevoked(sessionId: string, db: Database): boolean | Promise<boolean>
  /** Sessions that this server has just ended: it refuses them from the next request on. */
  add(sessionIds: readonly string[]): void
}

/** An API token as the database has it, with what its user may do. */
export interface KnownToken {
  id: string
  userId: string
  role: Role
  scopes: readonly string[]
  createdAt: Date
  expiresAt: Date
  /** Revoked, or made before all tokens of the account were revoked at once. */
  isRevoked: boolean
  /** Of the account. */
  isDisabled: boolean
  lastUsedAt: Date | null
  /** From where it was used. */
  networks: readonly string[]
}

/** Knows API tokens by their text: src/auth/api-tokens. */
export interface ApiTokens {
  /** The token, as it was at most half a second ago; a promise when the database must be asked. */
  find(token: string, db: Database): KnownToken | Promise<KnownToken | undefined>
  /** Whether the token was there when it was looked up last, however long ago. */
  isRemembered(token: string): boolean
  /** A token, or all of a user, have changed: this server looks them up anew from the next request on. */
  forget(changed: { tokenId: string } | { userId: string }): void
}

/** The files of the page at /docs: two of swagger-ui-dist, and the script that starts it. */
export type DocsFile = 'swagger-ui.css' | 'swagger-ui-bundle.js' | 'docs-start.js'

/** What is said in Korean: src/languages. */
export interface Korean extends KoreanProblems {
  /** The texts of the pages; src/pages/texts knows which. */
  pages: object
}
