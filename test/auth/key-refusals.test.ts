import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readKeySet } from '../../src/auth/keys/key-set.ts'
import { ConfigError } from '../../src/config/config.ts'
import { keySet, newPair, pem } from '../support/key-pairs.ts'

const ed = newPair('EdDSA')
const ec = newPair('ES256')
const rsa = newPair('RS256')
const oct = { kty: 'oct', k: randomBytes(32).toString('base64url') }
const weakRsa = newPair('RS256', { rsaBits: 1024 })
const p384 = newPair('ES256', { curve: 'P-384' })
const traditional = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pkcs1 = traditional.export({ type: 'pkcs1', format: 'pem' }).toString()
const locked = traditional
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2hunter2' })
  .toString()

const refused: [what: string, text: string, message: RegExp][] = [
  ['no JSON', '{"keys": [', /must be a JSON Web Key Set/],
  ['another object', '{"kty": "oct"}', /must be a JSON Web Key Set/],
  ['keys that are no list', '{"keys": {}}', /must be a JSON Web Key Set/],
  ['keys that are no objects', '{"keys": ["x", null]}', /must be a JSON Web Key Set/],
  ['an empty set', keySet(), /no key can sign/],
  ['public keys alone', keySet(ed.publicJwk, rsa.publicJwk), /no key can sign/],
  ['no kty', keySet(oct, { k: oct.k }), /key 2 must have kty/],
  ['an unknown kty', keySet({ kty: 'AKP', alg: 'ML-DSA-44' }), /key 1 must have kty/],
  ['EC with another curve', keySet(p384.jwk), /key 1 must have kty .* EC with crv P-256/],
  ['X25519', keySet({ ...ed.jwk, crv: 'X25519' }), /key 1 must have kty OKP with crv Ed25519/],
  ['RSA below 2048 bits', keySet(oct, weakRsa.jwk), /key 2 is too weak: an RSA key needs at least 2048/],
  ['RSA below 2048 bits, public', keySet(oct, weakRsa.publicJwk), /key 2 is too weak/],
  ['oct below 256 bits', keySet({ ...oct, k: randomBytes(31).toString('base64url') }), /key 1 is too weak/],
  ['oct with no k', keySet({ kty: 'oct' }), /key 1 needs "k"/],
  [
    'HS256 for RSA',
    keySet({ ...rsa.jwk, alg: 'HS256' }),
    /key 1 has an alg that does not fit .* only be RS256/,
  ],
  ['RS256 for oct', keySet({ ...oct, alg: 'RS256' }), /key 1 has an alg that does not fit .* only be HS256/],
  ['PS256 for RSA', keySet({ ...rsa.jwk, alg: 'PS256' }), /key 1 has an alg that does not fit/],
  ['ES256 for Ed25519', keySet({ ...ed.jwk, alg: 'ES256' }), /key 1 has an alg that does not fit/],
  ['an alg that is null', keySet({ ...ed.jwk, alg: null }), /key 1 has an alg that does not fit/],
  ['a key for encryption', keySet({ ...rsa.jwk, use: 'enc' }), /key 1 is not meant for signatures/],
  ['a key to wrap keys', keySet({ ...rsa.jwk, key_ops: ['wrapKey'] }), /key 1 is not meant for signatures/],
  ['two keys of one kid', keySet({ ...ed.jwk, kid: 'x' }, { ...ec.jwk, kid: 'x' }), /key 2 .* kid as key 1/],
  ['one key twice', keySet(ed.jwk, ec.jwk, ed.publicJwk), /key 3 has the same kid as key 1/],
  ['an empty kid', keySet({ ...ed.jwk, kid: '' }), /key 1 must have a kid of 1 to 128/],
  ['a kid that is a number', keySet({ ...ed.jwk, kid: 7 }), /key 1 must have a kid of 1 to 128/],
  ['a kid too long for a token', keySet({ ...ed.jwk, kid: 'k'.repeat(129) }), /key 1 must have a kid/],
  ['a kid over two lines', keySet({ ...ed.jwk, kid: 'a\nb' }), /key 1 must have a kid/],
  ['another padding', keySet({ ...ed.jwk, d: `${ed.jwk.d}=` }), /key 1 needs "d" as base64url/],
  ['a private part that is null', keySet({ ...ed.jwk, d: null }), /key 1 needs "d"/],
  ['half of an RSA key', keySet({ ...rsa.jwk, p: undefined }), /key 1 needs "p"/],
  ['a point off the curve', keySet({ ...ec.jwk, y: ec.jwk.x }), /key 1 is no valid ES256 key/],
  [
    'parts of two RSA keys',
    keySet({ ...newPair('RS256').jwk, n: rsa.jwk.n }),
    /key 1 (is no valid|has a private)/,
  ],
  ['an RSA key with the exponent of another', keySet({ ...rsa.jwk, e: 'Aw' }), /key 1 has a private part/],
  [
    'parts of two EC keys',
    keySet({ ...newPair('ES256').jwk, d: ec.jwk.d }),
    /key 1 (is no valid|has a private)/,
  ],
  [
    'parts of two Ed25519 keys',
    keySet({ ...ed.publicJwk, d: newPair('EdDSA').jwk.d }),
    /key 1 (is no|has a)/,
  ],
  ['PEM without an end', pem(ed.jwk).slice(0, -20), /key 1 is not whole/],
  ['PEM of another curve', pem(p384.jwk), /key 1 is none that can be used/],
  ['PEM of a weak key', pem(ec.jwk) + pem(weakRsa.jwk), /key 2 is too weak/],
  ['PEM twice', pem(ed.jwk).repeat(2), /key 2 has the same kid as key 1/],
  ['traditional PEM', pkcs1, /key 1 must be PKCS #8.*openssl pkcs8 -topk8/],
  ['PEM under a passphrase', locked, /key 1 must be PKCS #8/],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /key 1 must be PKCS #8/],
]

describe('key sets that are refused at start', () => {
  test.each(refused)('A key set with %s is refused', async (_what, text, message) => {
    const error = await readKeySet(text).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toMatch(/^JWT_KEYS: /)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
  })

  test('No message contains a part of the key set', async () => {
    for (const [what, text] of refused) {
      const { message } = await readKeySet(text).catch((thrown) => thrown)
      const pieces = text.match(/[A-Za-z0-9_+/-]{16,}/g)?.filter((piece) => !/^-|KEY|CERT/.test(piece)) ?? []
      expect([what, pieces.filter((piece) => message.includes(piece.slice(0, 16)))]).toEqual([what, []])
    }
  })
})

test('Production refuses published keys without repeating them', async () => {
  const octOf = (text: string) => ({ kty: 'oct', k: Buffer.from(text).toString('base64url') })
  const rfc7515 = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
  const published = {
    ...{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', // RFC 8037, appendix A.1
  }
  const known = [octOf('a'.repeat(32)), octOf('a-string-secret-at-least-256-bits-long'), published]
  for (const jwk of [...known, { kty: 'oct', k: rfc7515 }]) {
    const text = keySet(oct, jwk)
    expect(await readKeySet(text)).toHaveLength(2)
    const { message } = await readKeySet(text, { isProduction: true }).catch((thrown) => thrown)
    expect(message).toMatch(/^JWT_KEYS: key 2 can be guessed/)
    expect(message).not.toContain('k' in jwk ? jwk.k : jwk.d)
  }
  expect(await readKeySet(keySet(oct, ed.jwk, ec.jwk, rsa.jwk), { isProduction: true })).toHaveLength(4)
})

test('The refused keys are accepted once they are corrected', async () => {
  const keys = [ed.jwk, { ...ec.jwk, use: 'sig' }, { ...rsa.jwk, key_ops: ['sign'], alg: 'RS256' }, oct]
  expect((await readKeySet(keySet(...keys))).map(({ alg }) => alg)).toEqual([
    'EdDSA',
    'ES256',
    'RS256',
    'HS256',
  ])
  // The name in RFC 9864, which WebCrypto uses.
  expect((await readKeySet(keySet({ ...ed.jwk, alg: 'Ed25519' })))[0]?.alg).toBe('EdDSA')
  expect(await readKeySet(pem(ed.jwk) + pem(ec.jwk) + pem(rsa.jwk))).toHaveLength(3)
})
