import { forge } from '../tokens.ts'

const nobody = '01900000-0000-7000-8000-000000000000'

/** Tokens that every server must refuse, made from a valid one. */
export function forgeries(token: string): [what: string, token: string][] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const now = Math.floor(Date.now() / 1000)
  const flipped = (signature[5] === 'A' ? 'B' : 'A') + signature.slice(1)
  const unsigned = (alg: string) => forge(token, { header: { alg }, signature: '' })
  return [
    ['garbage', 'garbage'],
    ['three parts of garbage', 'a.b.c'],
    ['no signature', `${header}.${claims}.`],
    ['no third part', `${header}.${claims}`],
    [
      'another signature',
      `${header}.${claims}.${signature.slice(0, 5)}${flipped.slice(0, 1)}${signature.slice(6)}`,
    ],
    ['alg none', unsigned('none')],
    ['alg None', unsigned('None')],
    ['alg none and a signature', forge(token, { header: { alg: 'none' } })],
    ['another user', forge(token, { claims: { sub: nobody } })],
    ['another role', forge(token, { claims: { role: 'admin' } })],
    ['a later end', forge(token, { claims: { exp: now + 900_000 } })],
    ['the payload null', forge(token, { claims: null })],
    ['the payload no JSON', forge(token, { claims: '{' })],
    ['a foreign signature', forge(token, { header: { alg: 'HS256' }, secret: 'x'.repeat(40) })],
    [
      'a foreign signature that says expired',
      forge(token, { header: { alg: 'HS256' }, claims: { exp: 1 }, secret: 'x'.repeat(40) }),
    ],
    [
      'a foreign signature and no kid',
      forge(token, { header: { alg: 'HS256', kid: undefined }, secret: 'x'.repeat(40) }),
    ],
    [
      'a kid that is a path',
      forge(token, { header: { alg: 'HS256', kid: '../../../../dev/null' }, secret: Buffer.from('\0') }),
    ],
    ['a kid that is SQL', forge(token, { header: { kid: "' or '1'='1" } })],
    [
      'a key that the token brings along',
      forge(token, { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'eHh4' } }, secret: 'xxx' }),
    ],
    ['four thousand characters', `${header}.${claims}.${'A'.repeat(5000)}`],
  ]
}

/** Secrets from public lists. */
export const guessable = [
  'secret',
  'changeme',
  'password',
  'your-256-bit-secret',
  'jwt-secret',
  'super-secret',
  'gatepost',
  'gatepost-secret',
  'development',
  'test',
]
