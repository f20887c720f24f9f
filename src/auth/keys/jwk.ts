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

export interface KeyKind {
  /** The algorithm in the terms of WebCrypto. */
  parameters: { name: string; namedCurve?: string; hash?: string }
  /** The members of the thumbprint, in alphabetical order (RFC 7638, section 3.2). */
  publicMembers: readonly string[]
  privateMembers: readonly string[]
}

export const keyKinds: Readonly<Record<PairAlgorithm, KeyKind>> = {
  EdDSA: { parameters: { name: 'Ed25519' }, publicMembers: ['crv', 'kty', 'x'], privateMembers: ['d'] },
  ES256: {
    parameters: { name: 'ECDSA', namedCurve: 'P-256' },
    publicMembers: ['crv', 'kty', 'x', 'y'],
    privateMembers: ['d'],
  },
  RS256: {
    parameters: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    publicMembers: ['e', 'kty', 'n'],
    privateMembers: ['d', 'p', 'q', 'dp', 'dq', 'qi'],
  },
}
