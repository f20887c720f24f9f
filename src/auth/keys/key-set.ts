import { ConfigError, guessable } from '../../config/config.ts'
import { isGuessable } from '../../config/guessable-secret.ts'
import { importJwk } from './import-jwk.ts'
import type { ImportedKey, Jwk } from './jwk.ts'
import { readPem } from './pem.ts'

/** Whether the text is a key set or PEM, rather than the path of a file. */
export function isKeySetText(text: string): boolean {
  return text.trimStart().startsWith('{') || isPem(text)
}

interface ReadKeySet {
  /** The name of the source in error messages. */
  name?: string
  /** Refuses keys that are published as examples or easy to guess. */
  isProduction?: boolean
}

/**
 * Reads the keys of a JSON Web Key Set (RFC 7517, section 5) or of PEM text, in their order. Error messages never
 * repeat the text, since it is secret.
 * @throws ConfigError if a key is unusable, if two keys have the same `kid`, or if no key can sign
 */
export async function readKeySet(
  text: string,
  { name = 'JWT_KEYS', isProduction = false }: ReadKeySet = {},
): Promise<ImportedKey[]> {
  const refuse = (nth: number) => (why: string) => new ConfigError(`${name}: key ${nth} ${why}`)
  const jwks = isPem(text) ? await readPem(text, refuse) : parseKeySet(text, name)
  const keys = await Promise.all(jwks.map((jwk, index) => importJwk(jwk, refuse(index + 1))))
  jwks.forEach(({ k, d }, index) => {
    if (isProduction && [k, d].some((secret) => typeof secret === 'string' && isGuessable(secret)))
      throw refuse(index + 1)(`${guessable} Make one with: gatepost keys generate`)
  })
  keys.forEach(({ kid }, index) => {
    const first = keys.findIndex((key) => key.kid === kid)
    if (first !== index) throw refuse(index + 1)(`has the same kid as key ${first + 1}.`)
  })
  if (!keys.some((key) => key.signing)) {
    throw new ConfigError(`${name}: no key can sign. Make one with: gatepost keys generate`)
  }
  return keys
}

/** The keys of a JSON Web Key Set, unchecked. @throws ConfigError */
export function parseKeySet(text: string, name: string): Jwk[] {
  const keys = parseKeys(text)
  if (!keys) {
    throw new ConfigError(
      `${name}: must be a JSON Web Key Set, as {"keys": [{"kty": …}]}, or PEM private keys. Make one with: gatepost keys generate`,
    )
  }
  return keys
}

function parseKeys(text: string): Jwk[] | undefined {
  try {
    const { keys }: { keys?: unknown } = JSON.parse(text)
    return Array.isArray(keys) && keys.every(isObject) ? keys : undefined
  } catch {
    return undefined // not the error's message, which contains part of the text
  }
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the text is PEM, possibly after a comment. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ') && !text.trimStart().startsWith('{')
}
