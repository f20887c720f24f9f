import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Mac, TokenKeys } from '../../src/api/ports.ts'
import { readKeySet } from '../../src/auth/keys/key-set.ts'
import { importKeys } from '../../src/auth/keys/keys.ts'
import { issueAccessToken, verifyAccessToken } from '../../src/auth/tokens/access-tokens.ts'
import { ConfigError, parseConfig } from '../../src/config/config.ts'
import { configuredKeys } from '../../src/node/keys/configured-keys.ts'
import { isSignedBy, keySet, newPair, pairAlgorithms, pem } from '../support/key-pairs.ts'
import { decodeToken } from '../support/tokens.ts'

const config = parseConfig({})
const user = { id: randomUUID(), sessionId: randomUUID(), role: 'user' as const }
const issue = (keys: TokenKeys) => issueAccessToken(user, { config, keys, now: Date.now })
const read = (token: string, keys: TokenKeys) => verifyAccessToken(token, { config, keys, now: Date.now })
const secret = 'a secret of at least thirty-two bytes'
const newSecretKey = (bytes: number) => ({ kty: 'oct', k: randomBytes(bytes).toString('base64url') })

describe.each(pairAlgorithms)('%s keys', (alg) => {
  const { jwk, publicJwk } = newPair(alg)

  test('A key signs tokens with its kid, and verifies them', async () => {
    const keys = await importKeys({ keySet: keySet({ ...jwk, kid: 'mine' }) })
    const token = await issue(keys)
    expect(decodeToken(token).header).toEqual({ alg, typ: 'JWT', kid: 'mine' })
    expect(await read(token, keys)).toEqual(user)
  })

  test('Another implementation verifies the signature with the published key', async () => {
    const keys = await importKeys({ keySet: keySet(jwk) })
    const token = await issue(keys)
    const [published] = keys.published
    expect(isSignedBy(token, { ...published })).toBe(true)
    expect(isSignedBy(token, newPair(alg).publicJwk)).toBe(false)
    const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url')
    expect(signature).toHaveLength(alg === 'RS256' ? 256 : 64) // ECDSA: r and s without DER
  })

  test('A key is published without its private part', async () => {
    const { published } = await importKeys({ keySet: keySet({ ...jwk, kid: 'mine', secret: 'x' }) })
    expect(published).toEqual([{ ...publicJwk, use: 'sig', alg, kid: 'mine' }])
  })

  test('A key is the same from PEM as from a key set: name, published and derived keys', async () => {
    const fromSet = await importKeys({ keySet: keySet(jwk) })
    const text = pem(jwk)
    for (const keySet of [text, text.replaceAll('\n', '\\n'), `a comment\n${text}`]) {
      const fromPem = await importKeys({ keySet })
      expect(fromPem.published).toEqual(fromSet.published)
      expect(await read(await issue(fromPem), fromSet)).toEqual(user)
      expect(await mac(fromPem.refresh[0])).toBe(await mac(fromSet.refresh[0]))
    }
  })

  test('A public key verifies and is published, but never signs', async () => {
    const other = newPair('EdDSA')
    const whole = await importKeys({ keySet: keySet(jwk) })
    const keys = await importKeys({ keySet: keySet(publicJwk, { ...other.jwk, kid: 'signs' }) })
    expect(keys.signing.kid).toBe('signs')
    expect(keys.published).toHaveLength(2)
    expect(await read(await issue(whole), keys)).toEqual(user)
  })

  test('A key cannot be exported', async () => {
    const { signing } = await importKeys({ keySet: keySet(jwk) })
    expect(signing.extractable).toBe(false)
  })
})

describe('thumbprints of keys without a kid', () => {
  test('The name of an RSA key is the thumbprint of RFC 7638, section 3.1', async () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
    const [key] = await readKeySet(keySet({ kty: 'RSA', n, e: 'AQAB' }, newSecretKey(32)))
    expect(key?.kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  test('The name of an Ed25519 key is the thumbprint of RFC 8037, appendix A.3', async () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    const d = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A'
    const [key] = await readKeySet(keySet({ kty: 'OKP', crv: 'Ed25519', d, x }))
    expect(key?.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })
})

describe('oct keys', () => {
  test('An oct key signs HS256 and is not published', async () => {
    const keys = await importKeys({ keySet: keySet({ ...newSecretKey(32), kid: 'shared' }) })
    const token = await issue(keys)
    expect(decodeToken(token).header).toMatchObject({ alg: 'HS256', kid: 'shared' })
    expect(await read(token, keys)).toEqual(user)
    expect(keys.published).toEqual([])
  })
})

describe('JWT_SECRET together with JWT_KEYS', () => {
  const pair = newPair('EdDSA')

  test('JWT_SECRET verifies, like the previous secrets, but does not sign', async () => {
    const old = 'an older secret of more than 32 bytes'
    const before = await importKeys({ secret, previousSecrets: [old] })
    const older = await importKeys({ secret: old })
    const after = await importKeys({ keySet: keySet(pair.jwk), secret, previousSecrets: [old] })
    expect(after.signing.alg).toBe('EdDSA')
    expect(await read(await issue(before), after)).toEqual(user)
    expect(await read(await issue(older), after)).toEqual(user)
    await expect(read(await issue(after), before)).rejects.toThrow('auth.token_invalid')
  })

  test('A secret that is only a previous one never signs', async () => {
    await expect(importKeys({ previousSecrets: [secret] })).rejects.toThrow('No key to sign with.')
  })

  test('JWT_SECRET is not required with a database if JWT_KEYS is set', () => {
    const DATABASE_URL = 'postgres://me@localhost/db'
    expect(parseConfig({ DATABASE_URL, JWT_KEYS: keySet(pair.jwk) }).JWT_SECRET).toBeUndefined()
    expect(() => parseConfig({ DATABASE_URL })).toThrow('JWT_SECRET: must be set')
  })
})

describe('derived keys', () => {
  const [first, second] = [newPair('EdDSA'), newPair('RS256')]

  test('Keys are derived from every key that can sign, that of the signing key first', async () => {
    const keys = { keySet: keySet(newPair('ES256').publicJwk, first.jwk, second.jwk), secret }
    for (const purpose of ['cursors', 'refresh'] as const) {
      const derived = await Promise.all([...(await importKeys(keys))[purpose]].map(mac))
      const alone = [{ keySet: keySet(first.jwk) }, { keySet: keySet(second.jwk) }, { secret }]
      const expected = alone.map(async (source) => mac((await importKeys(source))[purpose][0]))
      expect(derived).toEqual(await Promise.all(expected))
    }
  })

  test('Derived keys differ by purpose, and never equal a key that signs tokens', async () => {
    const { signing, cursors, refresh } = await importKeys({ secret })
    expect(new Set(await Promise.all([signing, cursors[0], refresh[0]].map(mac))).size).toBe(3)
  })

  test('Derived keys are the same as before key sets existed', async () => {
    const { signing, cursors } = await importKeys({ secret })
    expect(signing.kid).toBe('b757878dd18e61b4')
    expect(await mac(cursors[0])).toBe('70959fd15e47ae1b4545da38d40db2f2c9204d6fb133f643653dd9a765402325')
  })
})

describe('JWT_KEYS as a file', () => {
  const { jwk } = newPair('ES256')

  test.each([
    ['a key set', keySet(jwk)],
    ['PEM', pem(jwk)],
  ])('The file is read: %s', async (_what, text) => {
    const folder = await mkdtemp(join(tmpdir(), 'gatepost-keys-'))
    try {
      const path = join(folder, 'keys')
      await writeFile(path, text)
      const { keySet } = await configuredKeys(parseConfig({ JWT_KEYS: path }))
      expect(keySet).toBe(text)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('A missing file is refused without repeating the value, which may be a mistyped key', async () => {
    const mistyped = JSON.stringify(keySet(jwk))
    const error = await configuredKeys(parseConfig({ JWT_KEYS: mistyped })).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toMatch(
      /^JWT_KEYS: is neither a JSON Web Key Set nor PEM.*\((ENOENT|ENAMETOOLONG)\)/,
    )
    expect(error.message).not.toContain(jwk.d)
  })
})

/** A value that distinguishes HMAC keys without exporting them. */
async function mac(key: CryptoKey | Mac): Promise<string> {
  const message = new Uint8Array(1)
  const code =
    typeof key === 'function' ? key(message) : new Uint8Array(await crypto.subtle.sign('HMAC', key, message))
  return Buffer.from(code).toString('hex')
}
