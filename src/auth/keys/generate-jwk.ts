import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Jwk, PairAlgorithm } from './jwk.ts'

/** A new key pair as a private JSON Web Key, named by its thumbprint (RFC 7638). An RSA key has 2048 bits. */
export async function generateJwk(alg: PairAlgorithm): Promise<Jwk & { kid: string }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const members = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(members)
  // One in 64 begins with what a command line takes for an option: another, then.
  return kid.startsWith('-') ? generateJwk(alg) : { kid, use: 'sig', ...members, alg }
}
