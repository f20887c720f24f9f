import { existsSync } from 'node:fs'
import { generateJwk } from '../auth/keys/generate-jwk.ts'
import type { Jwk, PairAlgorithm } from '../auth/keys/jwk.ts'
import { isKeySetText, readKeySet } from '../auth/keys/key-set.ts'
import { importKeys, secretKeyId } from '../auth/keys/keys.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { toBase64Url } from '../http/base64url.ts'
import { configuredKeys } from '../node/keys/configured-keys.ts'
import { readStoredSecret } from '../node/keys/stored-secret.ts'
import { changeKeyFile, createKeyFile, readKeyFile } from './key-file.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

interface GenerateKey {
  alg: PairAlgorithm
  /** The path of a new file. */
  output?: string
  /** The path of a file with a key set; if there is none, it is created from `secret`. */
  addTo?: string
  /** JWT_SECRET, if it is set. */
  secret?: string | undefined
}

/** Generates a key and prints it as a key set, writes it to a new file, or adds it to an existing set. */
export async function generateKey({ alg, output, addTo, secret }: GenerateKey): Promise<void> {
  if (output && addTo) throw new ConfigError('Use --output for a new file or --add-to for one with keys.')
  const key = await generateJwk(alg)
  if (output) {
    await createKeyFile(output, [key])
    print(`Made ${alg} key ${key.kid} in ${output}: it signs once JWT_KEYS=${output} is set.`)
  } else if (addTo) {
    await addKey(addTo, key, secret)
    print(
      `Added ${alg} key ${key.kid} to ${addTo}. Restart every instance with JWT_KEYS=${addTo}, so that all accept it; then let it sign:`,
    )
    print(`  gatepost keys promote ${key.kid} --file ${addTo}`)
  } else {
    print(JSON.stringify({ keys: [key] }))
  }
}

/** Adds the key after the signing key: all servers must accept a key before one of them signs with it. */
async function addKey(path: string, key: Jwk, secret: string | undefined): Promise<void> {
  if (existsSync(path)) {
    return changeKeyFile(path, async (keys) => keys.toSpliced((await signingIndex(keys, path)) + 1, 0, key))
  }
  if (!secret) {
    throw new ConfigError(
      `${path}: there is no such file. Make it with --output, or set JWT_SECRET to have that key in it too.`,
    )
  }
  await createKeyFile(path, [await secretAsJwk(secret), key])
}

/**
 * The secret as a JWK, with the same `kid` as under JWT_SECRET, so that instances with either setting accept each
 * other's tokens.
 */
async function secretAsJwk(secret: string): Promise<Jwk> {
  const k = toBase64Url(new TextEncoder().encode(secret))
  return { kid: await secretKeyId(secret), use: 'sig', kty: 'oct', alg: 'HS256', k }
}

/** Moves a key to the front of the file, so that it signs. `file` may be the value of JWT_KEYS. */
export async function promoteKey(kid: string, file: string | undefined): Promise<void> {
  if (!file || isKeySetText(file)) {
    throw new ConfigError('Say which file the keys are in: --file keys.json, or its path in JWT_KEYS.')
  }
  await changeKeyFile(file, async (keys) => {
    const read = await readKeySet(JSON.stringify({ keys }), { name: file })
    const index = read.findIndex((key) => key.kid === kid)
    const key = keys[index]
    if (!key) throw new ConfigError(`${file}: has no key of that kid. gatepost keys list shows them.`)
    if (!read[index]?.signing)
      throw new ConfigError(`${file}: the key has no private part, so it can't sign.`)
    return [key, ...keys.toSpliced(index, 1)]
  })
  print(
    `${kid} signs as soon as the instances are restarted. Keep the others until their tokens have expired, refresh tokens too.`,
  )
}

/** Lists the keys of the settings or of a file: kid, algorithm, and whether it signs. Prints no secrets. */
export async function listKeys(from: { config: Config } | { file: string }): Promise<void> {
  const rows = 'file' in from ? await keysOfFile(from.file) : await keysOfSettings(from.config)
  if (rows.length === 0) print('There is no key yet: the first start makes a secret.')
  for (const { kid, alg, isSigning } of rows) {
    print(`${kid.padEnd(43)}  ${alg.padEnd(5)}  ${isSigning ? 'signs' : 'accepts'}`)
  }
}

interface KeyRow {
  kid: string
  alg: string
  isSigning: boolean
}

async function keysOfFile(file: string): Promise<KeyRow[]> {
  const keys = await readKeySet(await readKeyFile(file), { name: file })
  const signing = keys.find((key) => key.signing)
  return keys.map((key) => ({ kid: key.kid, alg: key.alg, isSigning: key === signing }))
}

async function keysOfSettings(config: Config): Promise<KeyRow[]> {
  const { JWT_KEYS, JWT_SECRET, DATA_DIR } = config
  if (!JWT_KEYS && !JWT_SECRET && !(await readStoredSecret(DATA_DIR))) return []
  const { accepted, signing } = await importKeys(await configuredKeys(config))
  const kids = accepted.map(({ kid }) => kid) // JWT_SECRET may be part of the key set too
  return accepted
    .filter(({ kid }, index) => kids.indexOf(kid) === index)
    .map(({ kid, alg }) => ({ kid, alg, isSigning: kid === signing.kid }))
}

async function signingIndex(keys: readonly Jwk[], name: string): Promise<number> {
  return (await readKeySet(JSON.stringify({ keys }), { name })).findIndex((key) => key.signing)
}
