import { createHmac, createSecretKey } from 'node:crypto'
import type { Mac, PublicJwk, TokenKey, TokenKeys } from '../../api/ports.ts'
import type { ImportedKey } from './jwk.ts'
import { readKeySet } from './key-set.ts'

const encoder = new TextEncoder()

export interface KeySources {
  /** A JSON Web Key Set or PEM text. Its first private or secret key signs. */
  keySet?: string | undefined
  /** Signs if there is no key set; otherwise it only verifies. */
  secret?: string | undefined
  /** These only verify, until the operator removes them. */
  previousSecrets?: readonly string[]
  /** Refuses guessable keys in the set; `parseConfig` has already checked the secrets. */
  isProduction?: boolean
}

/** Imports the keys of the configuration. @throws ConfigError if the key set is unusable */
export async function importKeys({
  keySet,
  secret,
  previousSecrets = [],
  isProduction = false,
}: KeySources): Promise<TokenKeys> {
  const fromSet = keySet === undefined ? [] : (await readKeySet(keySet, { isProduction })).map(asSource)
  const secrets = [...(secret === undefined ? [] : [secret]), ...previousSecrets]
  const sources = [...fromSet, ...(await Promise.all(secrets.map(importSecret)))]
  const signing = sources.find((source) => source.signing)?.signing
  if (!signing || (keySet ?? secret) === undefined) throw new Error('No key to sign with.')
  return {
    signing,
    accepted: sources.map((source) => source.verifying),
    published: sources.flatMap(({ published }) => published ?? []),
    cursors: await deriveAll(sources, 'page cursors'),
    refresh: await deriveAll(sources, 'refresh tokens'),
  }
}

/**
 * The `kid` of a secret: the same at every start, and without information about the secret. Not a thumbprint, since the
 * thumbprint of a secret should stay hidden (RFC 7638, section 7).
 */
export async function secretKeyId(secret: string): Promise<string> {
  const derived = await hkdf(encoder.encode(secret), 'key id', 64)
  return [...new Uint8Array(derived)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

interface KeySource {
  verifying: TokenKey
  signing?: TokenKey
  material?: Uint8Array<ArrayBuffer>
  published?: PublicJwk
}

function asSource({ alg, kid, verifying, signing, ...more }: ImportedKey): KeySource {
  const names = { alg, kid }
  return {
    ...more,
    verifying: Object.assign(verifying, names),
    ...(signing && { signing: Object.assign(signing, names) }),
  }
}

async function importSecret(secret: string): Promise<KeySource> {
  const material = encoder.encode(secret)
  const key = await crypto.subtle.importKey('raw', material, hmac, false, ['sign', 'verify'])
  const named = Object.assign(key, { alg: 'HS256' as const, kid: await secretKeyId(secret) })
  return { verifying: named, signing: named, material }
}

/** Derives a MAC from each key that can sign, since another instance may have a different first key. */
async function deriveAll(sources: readonly KeySource[], purpose: string): Promise<readonly [Mac, ...Mac[]]> {
  const materials = sources.flatMap(({ material }) => material ?? [])
  const [first, ...others] = await Promise.all(
    materials.map(async (material) => macOf(await hkdf(material, purpose, 256))),
  )
  if (first === undefined) throw new Error('No key to derive from.')
  return [first, ...others]
}

/** Synchronous, not WebCrypto: sending a short message to another thread and back takes longer than reading a list. */
function macOf(bits: ArrayBuffer): Mac {
  const key = createSecretKey(new Uint8Array(bits))
  return (message) => createHmac('sha256', key).update(message).digest()
}

/** HKDF (RFC 5869): derives keys for different purposes from one secret. */
async function hkdf(secret: Uint8Array<ArrayBuffer>, purpose: string, bits: number): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: encoder.encode(purpose) }
  return crypto.subtle.deriveBits(parameters, key, bits)
}

const hmac = { name: 'HMAC', hash: 'SHA-256' } as const
