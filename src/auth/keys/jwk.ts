import type { PublicJwk, TokenAlgorithm } from '../../api/ports.ts'

/** Algorithms of key pairs (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export const pairAlgorithms = ['EdDSA', 'ES256', 'RS256'] as const
export type PairAlgorithm = (typeof pairAlgorithms)[number]

/** A JSON Web Key (RFC 7517) as read from a file or written to one. */
export type Jwk = Record<string, unknown>

/** One key, ready for use. */
export interface ImportedKey {
  alg: TokenAlgorithm
  kid: string
  verifying: CryptoKey
  /** Absent if only the public part was given. */
  signing?: CryptoKey
  /** The private part, in bytes, from which other keys are derived. */
  material?: Uint8Array<ArrayBuffer>
  /** Absent for a symmetric key, which has no public part. */
  published?: PublicJwk
}

/**
 * Makes the error for an unusable key. `why` continues a sentence that begins with the key's name, and never contains
 * key material.
 */
export type Refuse = (why: string) => Error

interface KeyMembers {
  publicMembers: readonly string[]
  privateMembers: readonly string[]
}

/** The members of each kind of key; no others are read (RFC 7518, section 6; RFC 8037, section 2). */
export const keyMembers: Readonly<Record<PairAlgorithm, KeyMembers>> = {
  EdDSA: { publicMembers: ['crv', 'kty', 'x'], privateMembers: ['d'] },
  ES256: { publicMembers: ['crv', 'kty', 'x', 'y'], privateMembers: ['d'] },
  RS256: { publicMembers: ['e', 'kty', 'n'], privateMembers: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
}
