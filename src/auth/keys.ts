const encoder = new TextEncoder()

/**
 * A key as `hono/jwt` likes it best: imported once, not at each use, and with the `alg` and `kid` that it
 * writes into the header of what it signs.
 */
export type TokenKey = CryptoKey & { readonly alg: 'HS256'; readonly kid: string }

export interface TokenKeys {
  /** Signs new tokens. */
  signing: TokenKey
  /** Accepted in tokens: the signing key and those that it replaced. */
  accepted: readonly TokenKey[]
  /** Sign page cursors; derived, so that a cursor can never pass for a token. The first makes new ones. */
  cursors: readonly CryptoKey[]
  /** Tag refresh tokens and derive their successors. The first makes new ones. */
  refresh: readonly CryptoKey[]
}

/** Imports the secrets of the configuration. The first signs; the others are accepted until they are removed. */
export async function importKeys(secret: string, previous: readonly string[]): Promise<TokenKeys> {
  const accepted = await Promise.all([secret, ...previous].map(importSecret))
  const [signing] = accepted
  if (!signing) throw new Error('No key to sign with.')
  const derive = (purpose: string) =>
    Promise.all([secret, ...previous].map((each) => deriveKey(each, purpose)))
  return { signing, accepted, cursors: await derive('page cursors'), refresh: await derive('refresh tokens') }
}

async function importSecret(secret: string): Promise<TokenKey> {
  const bytes = encoder.encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify'])
  return Object.assign(key, { alg: 'HS256' as const, kid: await keyId(bytes) })
}

/** A name for the secret that does not change between starts and tells nothing of it. */
async function keyId(secret: Uint8Array<ArrayBuffer>): Promise<string> {
  const derived = await hkdf(secret, 'key id', 64)
  return [...new Uint8Array(derived)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const bits = await hkdf(encoder.encode(secret), purpose, 256)
  return crypto.subtle.importKey('raw', bits, hmac, false, ['sign', 'verify'])
}

/** HKDF (RFC 5869): keys for other purposes from the one secret. */
async function hkdf(secret: Uint8Array<ArrayBuffer>, purpose: string, bits: number): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
  return crypto.subtle.deriveBits(parameters, key, bits)
}

const hmac = { name: 'HMAC', hash: 'SHA-256' } as const
