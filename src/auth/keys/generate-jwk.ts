import { importJwk } from './import-jwk.ts'
import { type Jwk, keyKinds, type PairAlgorithm } from './jwk.ts'

/** 2048 bits: the least that is allowed, and the quickest to sign with. */
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }

/** A new key pair as a private JSON Web Key, named by its thumbprint (RFC 7638). */
export async function generateJwk(alg: PairAlgorithm): Promise<Jwk & { kid: string }> {
  const parameters = { ...keyKinds[alg].parameters, ...(alg === 'RS256' && rsa) }
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Not a pair.')
  const { key_ops: _, ext: __, ...members } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const { kid } = await importJwk(members, (why) => new Error(`The new key ${why}`))
  // One in 64 begins with what a command line takes for an option: another, then.
  return kid.startsWith('-') ? generateJwk(alg) : { kid, use: 'sig', ...members, alg }
}
