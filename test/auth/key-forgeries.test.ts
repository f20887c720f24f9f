import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { importKeys } from '../../src/auth/keys/keys.ts'
import { verifyAccessToken } from '../../src/auth/tokens/access-tokens.ts'
import { parseConfig } from '../../src/config/config.ts'
import { craft, keySet, newPair } from '../support/key-pairs.ts'

const [ed, ec, rsa] = [newPair('EdDSA'), newPair('ES256'), newPair('RS256')]
const foreignPairs = { EdDSA: newPair('EdDSA'), ES256: newPair('ES256'), RS256: newPair('RS256') }
const secret = 'a secret of at least thirty-two bytes'
const config = parseConfig({})
const keys = await importKeys({
  keySet: keySet({ ...ed.jwk, kid: 'ed' }, { ...ec.jwk, kid: 'ec' }, { ...rsa.jwk, kid: 'rsa' }),
  secret,
})
const hs = keys.accepted[3]?.kid
const iat = Math.floor(Date.now() / 1000)
const claims = {
  ...{ iss: 'gatepost', aud: 'gatepost', sub: randomUUID(), sid: randomUUID(), role: 'admin' },
  ...{ iat, exp: iat + 900, jti: randomUUID() },
}
const verify = (token: string) => verifyAccessToken(token, { config, keys, now: Date.now })

/** Each signs with its own key and algorithm. The tests change only the header. */
const signers = { ed, ec, rsa }
const genuine = (by: keyof typeof signers, header: object = {}) => {
  const { alg, privateKey } = signers[by]
  return craft({ alg, typ: 'JWT', kid: by, ...header }, claims, alg, privateKey)
}
const spki = (format: 'pem' | 'der') => rsa.publicKey.export({ type: 'spki', format })

describe('genuine tokens', () => {
  test.each([
    ['EdDSA', genuine('ed')],
    ['ES256', genuine('ec')],
    ['RS256', genuine('rsa')],
    ['HS256', craft({ alg: 'HS256', kid: hs }, claims, 'HS256', secret)],
    ['EdDSA without kid', genuine('ed', { kid: undefined })],
    ['ES256 without kid', genuine('ec', { kid: undefined })],
    ['RS256 without kid', genuine('rsa', { kid: undefined })],
    ['HS256 without kid', craft({ alg: 'HS256' }, claims, 'HS256', secret)],
    ['with a key in its header, which is overlooked', genuine('ed', { jwk: foreignPairs.EdDSA.publicJwk })],
  ])('The token is accepted: %s', async (_what, token) => {
    expect(await verify(token)).toMatchObject({ id: claims.sub, role: 'admin' })
  })
})

const forgeries: [what: string, token: string][] = [
  // The public key, which everyone has, used as an HS256 secret: in every form in which it is published.
  ...['rsa', 'ec', 'ed', hs, undefined].flatMap((kid): [string, string][] =>
    [
      ['PEM', spki('pem')],
      ['PEM, trimmed', spki('pem').toString().trim()],
      ['DER', spki('der')],
      ['JWK', JSON.stringify(rsa.publicJwk)],
      ['published JWK', JSON.stringify(keys.published[2])],
      ['modulus', rsa.publicJwk.n ?? ''],
      ['x of Ed25519', Buffer.from(ed.publicJwk.x ?? '', 'base64url')],
    ].map(([what, key]) => [
      `HS256 with the public key as secret: ${what}, kid ${kid}`,
      craft({ alg: 'HS256', typ: 'JWT', kid }, claims, 'HS256', key as string),
    ]),
  ),
  ['HS256 with an empty secret', craft({ alg: 'HS256' }, claims, 'HS256', '')],

  // A correct signature, and a header that does not match it.
  ['EdDSA that names the ES256 key', genuine('ed', { kid: 'ec' })],
  ['EdDSA that names the secret', genuine('ed', { kid: hs })],
  ['RS256 that names the Ed25519 key', genuine('rsa', { kid: 'ed' })],
  ['HS256 that names the RSA key', craft({ alg: 'HS256', kid: 'rsa' }, claims, 'HS256', secret)],
  ['an ES256 signature called EdDSA', genuine('ec', { alg: 'EdDSA' })],
  ['an RS256 signature called RS512', genuine('rsa', { alg: 'RS512' })],
  ['an RS256 signature called PS256', genuine('rsa', { alg: 'PS256' })],
  ['an Ed25519 signature under the name of RFC 9864', genuine('ed', { alg: 'Ed25519' })],
  ['alg in small letters', genuine('ed', { alg: 'eddsa' })],
  ['no alg', genuine('ed', { alg: undefined })],
  ['alg as a list', genuine('ed', { alg: ['EdDSA'] })],

  ['an unknown kid', genuine('ed', { kid: 'gone' })],
  ['an empty kid', genuine('ed', { kid: '' })],
  ['a kid that is null', genuine('ed', { kid: null })],
  ['a kid that is a list', genuine('ed', { kid: ['ed'] })],
  ['a kid that is a path', genuine('ed', { kid: '../../../../dev/null' })],
  ['a kid that every object has', genuine('ed', { kid: '__proto__' })],
  ['crit', genuine('ed', { crit: ['exp'] })],
  ['an empty crit', genuine('ed', { crit: [] })],
  ['another typ', genuine('ed', { typ: 'at+jwt' })],

  // A key of the attacker, and a header that contains it or names a key of the service.
  ...(['EdDSA', 'ES256', 'RS256'] as const).flatMap((alg): [string, string][] => {
    const { privateKey, publicJwk } = foreignPairs[alg]
    const kid = { EdDSA: 'ed', ES256: 'ec', RS256: 'rsa' }[alg]
    const signed = (header: object) => craft({ alg, typ: 'JWT', ...header }, claims, alg, privateKey)
    return [
      [`an attacker's ${alg} key with the service's kid`, signed({ kid })],
      [`an attacker's ${alg} key without a kid`, signed({})],
      [`an attacker's ${alg} key in jwk`, signed({ jwk: publicJwk })],
      [
        `an attacker's ${alg} key in jwk, with the service's kid`,
        signed({ kid, jwk: { ...publicJwk, kid } }),
      ],
      [`an attacker's ${alg} key at jku`, signed({ kid, jku: 'https://evil.example/jwks.json' })],
      [`an attacker's ${alg} key at x5u`, signed({ kid, x5u: 'https://evil.example/cert.pem' })],
      [`an attacker's ${alg} key in x5c`, signed({ kid, x5c: ['MIIB'] })],
    ]
  }),

  ...['none', 'None', 'NONE', 'nOnE'].map((alg): [string, string] => [
    `alg ${alg}`,
    craft({ alg, typ: 'JWT' }, claims, 'none', ''),
  ]),
  ['alg none that names a key', craft({ alg: 'none', kid: 'ed' }, claims, 'none', '')],
  ['EdDSA without a signature', genuine('ed').replace(/[^.]*$/, '')],
  [
    'ES256 of zeros (CVE-2022-21449)',
    genuine('ec').replace(/[^.]*$/, Buffer.alloc(64).toString('base64url')),
  ],
  ['EdDSA of zeros', genuine('ed').replace(/[^.]*$/, Buffer.alloc(64).toString('base64url'))],
  ['a padded signature', `${genuine('ed')}==`],
  ['spare bits in the signature', withSpareBits(genuine('ed'))],
  ['ES256 in DER', derSigned()],
]

describe('forged tokens', () => {
  test.each(forgeries)('The token is refused: %s', async (_what, token) => {
    await expect(verify(token)).rejects.toMatchObject({ code: 'auth.token_invalid' })
  })
})

/** The same bytes in another spelling: the last of 86 characters has four unused bits. */
function withSpareBits(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) + 1]
}

/** The DER encoding that OpenSSL uses by default, and that JWT forbids (RFC 7518, section 3.4). */
function derSigned(): string {
  const [header, payload, signature = ''] = genuine('ec').split('.')
  const raw = Buffer.from(signature, 'base64url')
  const integer = (bytes: Buffer) => Buffer.from([2, 33, 0, ...bytes])
  const content = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  const der = Buffer.concat([Buffer.from([0x30, content.length]), content])
  return `${header}.${payload}.${der.toString('base64url')}`
}
