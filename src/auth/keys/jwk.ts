import type { PublicJwk, TokenAlgorithm } from '../../api/ports.ts'

/** Algorithms of key pairs (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export const pairAlgorithms = ['EdDSA', 'ES256', 'RS256'] as const
export type PairAlgorithm = (typeof pairAlgorithms)[number]

/** A JSON Web Key (RFC 7517) as it was read, or as it is written. */
export type Jwk = Record<string, unknown>

/** One key, ready for use. */
export interface ImportedKey {
  alg: TokenAlgorithm
  kid: string
  verifying: CryptoKey
  /** Absent when only the public part was given. */
  signing?: CryptoKey
  /** What other keys can be derived from: the private part, in bytes. */
  material?: Uint8Array<ArrayBuffer>
  /** Absent for a symmetric key, which has no public part. */
  published?: PublicJwk
}

/** Makes the error of a key that can't be used; `why` goes on after the key's name and never holds its content. */
export type Refuse = (why: string) => Error

export interface KeyKind {
  /** The same in the words of WebCrypto. */
  parameters: { name: string; namedCurve?: string; hash?: string }
  /** What the thumbprint is made of, in its order (RFC 7638, section 3.2). */
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
