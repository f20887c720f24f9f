import { calculateJwkThumbprint, exportJWK, importJWK } from 'jose'
import type { PublicJwk, TokenAlgorithm } from '../../api/ports.ts'
import { fromBase64Url } from '../../http/base64url.ts'
import { type ImportedKey, type Jwk, keyMembers, type PairAlgorithm, type Refuse } from './jwk.ts'

// `jose` imports the keys. The checks here are those that it does not make: strict base64url, the length of the key,
// one algorithm for each key, and that the private part matches the public part.

const algorithms = new Map<unknown, TokenAlgorithm>([
  ['oct', 'HS256'],
  ['OKP Ed25519', 'EdDSA'],
  ['EC P-256', 'ES256'],
  ['RSA', 'RS256'],
])

const { subtle } = crypto
const minSecretBytes = 32
const minRsaBits = 2048

/** Imports a JSON Web Key for HS256, EdDSA, ES256 or RS256. @throws the error that `refuse` makes */
export async function importJwk(jwk: Jwk, refuse: Refuse): Promise<ImportedKey> {
  const alg = algorithmOf(jwk, refuse)
  checkPurpose(jwk, refuse)
  const kid = givenKid(jwk, refuse)
  return alg === 'HS256' ? importSecretKey(jwk, kid, refuse) : importPair(jwk, alg, kid, refuse)
}

/** A key is for one algorithm, which follows from its type; a different `alg` is refused (RFC 8725, section 3.1). */
function algorithmOf({ kty, crv, alg }: Jwk, refuse: Refuse): TokenAlgorithm {
  const fitting = algorithms.get(crv === undefined ? kty : `${kty} ${crv}`)
  if (!fitting) throw refuse('must have kty OKP with crv Ed25519, EC with crv P-256, RSA, or oct.')
  // RFC 9864 and WebCrypto call it Ed25519. hono/jwt knows only the older name, EdDSA.
  const written = alg === 'Ed25519' && fitting === 'EdDSA' ? 'EdDSA' : alg
  if (written !== undefined && written !== fitting) {
    throw refuse(`has an alg that does not fit its kty: it can only be ${fitting}.`)
  }
  return fitting
}

function checkPurpose({ use, key_ops, kty, d }: Jwk, refuse: Refuse): void {
  const operation = kty === 'oct' || d !== undefined ? 'sign' : 'verify'
  const isMeant = key_ops === undefined || (Array.isArray(key_ops) && key_ops.includes(operation))
  if ((use !== undefined && use !== 'sig') || !isMeant) {
    throw refuse('is not meant for signatures, says its use or key_ops.')
  }
}

function givenKid({ kid }: Jwk, refuse: Refuse): string | undefined {
  if (kid === undefined) return undefined
  // Every token contains the `kid`, and the length of tokens is limited.
  if (typeof kid !== 'string' || !/^[!-~]{1,128}$/.test(kid)) {
    throw refuse('must have a kid of 1 to 128 visible ASCII characters, or none.')
  }
  return kid
}

async function importSecretKey(jwk: Jwk, kid: string | undefined, refuse: Refuse): Promise<ImportedKey> {
  const material = bytesOf(jwk, 'k', refuse)
  if (material.length < minSecretBytes) throw refuse('is too weak: an oct key needs at least 256 bits.')
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await subtle.importKey('raw', material, hmac, false, ['sign', 'verify'])
  return {
    alg: 'HS256',
    kid: kid ?? (await calculateJwkThumbprint({ kty: 'oct', k: String(jwk.k) })),
    verifying: key,
    signing: key,
    material,
  }
}

async function importPair(
  jwk: Jwk,
  alg: PairAlgorithm,
  givenKid: string | undefined,
  refuse: Refuse,
): Promise<ImportedKey> {
  const { publicMembers, privateMembers } = keyMembers[alg]
  const isPrivate = jwk.d !== undefined
  for (const name of [...publicMembers, ...(isPrivate ? privateMembers : [])]) {
    if (name !== 'kty' && name !== 'crv') bytesOf(jwk, name, refuse)
  }
  const verifying = await load(pick(jwk, publicMembers), alg, refuse)
  if (alg === 'RS256' && modulusBits(verifying) < minRsaBits) {
    throw refuse(`is too weak: an RSA key needs at least ${minRsaBits} bits.`)
  }
  const canonical = pick({ ...(await exportJWK(verifying)) }, publicMembers)
  const kid = givenKid ?? (await calculateJwkThumbprint(verifying))
  const published = { ...canonical, use: 'sig', alg, kid } as PublicJwk // the members of this kind of key
  if (!isPrivate) return { alg, kid, verifying, published }

  const signing = await load(pick(jwk, [...publicMembers, ...privateMembers]), alg, refuse)
  if (!(await isMatchingPair(signing, verifying))) {
    throw refuse('has a private part that does not belong to its public part.')
  }
  return { alg, kid, verifying, signing, published, material: withoutZeros(bytesOf(jwk, 'd', refuse)) }
}

/** A public key can be exported again, a private key cannot. */
async function load(jwk: Jwk, alg: PairAlgorithm, refuse: Refuse): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, alg)
    if (key instanceof CryptoKey) return key
  } catch {
    // The message of the error could hold a part of the key.
  }
  throw refuse(`is no valid ${alg} key.`)
}

/**
 * Signs and verifies a test message. On import, Node accepts some RSA keys whose parts do not match; workerd accepts
 * such keys of every type.
 */
async function isMatchingPair(signing: CryptoKey, verifying: CryptoKey) {
  const algorithm = { name: verifying.algorithm.name, hash: 'SHA-256' }
  const data = new Uint8Array(32)
  try {
    return await subtle.verify(algorithm, verifying, await subtle.sign(algorithm, signing, data), data)
  } catch {
    return false
  }
}

function bytesOf(jwk: Jwk, name: string, refuse: Refuse): Uint8Array<ArrayBuffer> {
  const value = jwk[name]
  const bytes = typeof value === 'string' ? fromBase64Url(value) : undefined
  if (!bytes?.length) throw refuse(`needs "${name}" as base64url without padding.`)
  return bytes
}

/** Some programs write leading zeros, others do not; both mean the same number. */
function withoutZeros(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.slice(bytes.findIndex((byte) => byte !== 0))
}

function modulusBits(key: CryptoKey): number {
  return 'modulusLength' in key.algorithm ? Number(key.algorithm.modulusLength) : 0
}

function pick(jwk: Jwk, members: readonly string[]): Jwk {
  return Object.fromEntries(members.map((name) => [name, jwk[name]]))
}
