// Keys and signatures by node:crypto, which shares no code with WebCrypto’s callers in src.
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto'

type JsonWebKey = webcrypto.JsonWebKey
export type PairAlgorithm = 'EdDSA' | 'ES256' | 'RS256'
export const pairAlgorithms: PairAlgorithm[] = ['EdDSA', 'ES256', 'RS256']

export interface Pair {
  alg: PairAlgorithm
  privateKey: KeyObject
  publicKey: KeyObject
  /** The private JSON Web Key, without a kid. */
  jwk: JsonWebKey
  publicJwk: JsonWebKey
}

/** A new key pair. */
export function newPair(alg: PairAlgorithm, { rsaBits = 2048, curve = 'P-256' } = {}): Pair {
  const { privateKey, publicKey } =
    alg === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: curve })
        : generateKeyPairSync('rsa', { modulusLength: rsaBits })
  const [jwk, publicJwk] = [privateKey.export({ format: 'jwk' }), publicKey.export({ format: 'jwk' })]
  return { alg, privateKey, publicKey, jwk, publicJwk }
}

/** A value of JWT_KEYS. */
export function keySet(...keys: object[]): string {
  return JSON.stringify({ keys })
}

/** The private key as PKCS #8 PEM. */
export function pem(jwk: JsonWebKey): string {
  return createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A JSON Web Token with this header and these claims, signed with any kind of key by `alg`. */
export function craft(
  header: object,
  payload: object,
  alg: string,
  key: KeyObject | string | Buffer,
): string {
  const signed = [header, payload].map((part) => base64url(JSON.stringify(part))).join('.')
  return `${signed}.${signature(alg, key, Buffer.from(signed)).toString('base64url')}`
}

/** True if the signature of a token is by this key. Other services check it the same way, with only the JWKS. */
export function isSignedBy(token: string, publicJwk: JsonWebKey): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString())
  const key = createPublicKey({ key: publicJwk, format: 'jwk' })
  const data = Buffer.from(`${header}.${payload}`)
  return verify(hashOf(alg), data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

function signature(alg: string, key: KeyObject | string | Buffer, data: Buffer): Buffer {
  if (alg === 'HS256') return createHmac('sha256', key).update(data).digest()
  if (alg === 'none') return Buffer.alloc(0)
  return sign(hashOf(alg), data, { key: key as KeyObject, dsaEncoding: 'ieee-p1363' })
}

function hashOf(alg: string): string | null {
  return alg === 'EdDSA' ? null : 'sha256'
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
