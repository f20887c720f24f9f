import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { Jwk, PairAlgorithm } from './jwk.ts'

/** Generates a key pair as a private JSON Web Key. Its `kid` is its thumbprint (RFC 7638). An RSA key has 2048 bits. */
export async function generateJwk(alg: PairAlgorithm): Promise<Jwk & { kid: string }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const members = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(members)
  // A command line would read a `kid` with a leading hyphen as an option, so generate another key.
  return kid.startsWith('-') ? generateJwk(alg) : { kid, use: 'sig', ...members, alg }
}
