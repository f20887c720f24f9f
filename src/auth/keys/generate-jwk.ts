import { importJwk } from './import-jwk.ts'
import { type Jwk, keyKinds, type PairAlgorithm } from './jwk.ts'

/** 2048 bits: the shortest permitted length, and the fastest to sign with. */
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }

/** Generates a key pair as a private JSON Web Key. Its `kid` is its thumbprint (RFC 7638). */
export async function generateJwk(alg: PairAlgorithm): Promise<Jwk & { kid: string }> {
  const parameters = { ...keyKinds[alg].parameters, ...(alg === 'RS256' && rsa) }
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Not a pair.')
  const { key_ops: _, ext: __, ...members } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const { kid } = await importJwk(members, (why) => new Error(`The new key ${why}`))
  // A command line would read a `kid` with a leading hyphen as an option, so generate another key.
  return kid.startsWith('-') ? generateJwk(alg) : { kid, use: 'sig', ...members, alg }
}
