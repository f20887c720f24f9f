import { createHmac, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { importKeys } from '../../src/auth/keys/keys.ts'
import { issueAccessToken, verifyAccessToken } from '../../src/auth/tokens/access-tokens.ts'
import { parseConfig } from '../../src/config/config.ts'

// Tokens with a valid signature, made with the secret: there is only one valid encoding (RFC 7515, section
// 2; RFC 7519, section 7.2), and no token may live longer than ACCESS_TOKEN_TTL.

const secret = 'a secret of at least thirty-two bytes'
const keys = await importKeys({ secret })
const config = parseConfig({})
const user = { id: randomUUID(), sessionId: randomUUID(), role: 'user' as const }
const iat = Math.floor(Date.now() / 1000)
const at = (seconds: number) => (iat + seconds) * 1000
const claims = (exp: number, more: object = {}) => ({
  ...{ iss: 'gatepost', aud: 'gatepost', sub: user.id, sid: user.sessionId, role: 'user' },
  ...{ iat, exp: iat + exp, jti: randomUUID() },
  ...more,
})

const sign = (header: string, payload: string) => {
  const signed = `${header}.${payload}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
const encode = (value: string | Uint8Array) => Buffer.from(value).toString('base64url')
const validHeader = encode(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))
const validPayload = encode(JSON.stringify(claims(900)))

async function codeOf(token: string, { now = at(1), ttl = '15m' } = {}): Promise<string> {
  const issuer = { config: { ...config, ...parseConfig({ ACCESS_TOKEN_TTL: ttl }) }, keys, now: () => now }
  return verifyAccessToken(token, issuer).then(
    () => 'good',
    ({ code }) => code,
  )
}

test('A correctly encoded token is accepted', async () => {
  expect(await codeOf(sign(validHeader, validPayload))).toBe('good')
  const spaced = encode(JSON.stringify({ alg: 'HS256' }, null, 2)) // white space in JSON is allowed
  expect(await codeOf(sign(spaced, validPayload))).toBe('good')
  const names = encode(JSON.stringify(claims(900, { name: '김영희 🙂' })))
  expect(await codeOf(sign(validHeader, names))).toBe('good')
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The same bytes with unused bits set in the last character; white space in the JSON makes the length fit. */
function withSpareBits(part: string): string {
  let json = Buffer.from(part, 'base64url').toString()
  while (encode(json).length % 4 === 0) json = json.replace(/}$/, ' }')
  const text = encode(json)
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + 1]
}
/** With padding to groups of four characters. */
function padded(part: string): string {
  let json = Buffer.from(part, 'base64url').toString()
  while (encode(json).length % 4 === 0) json = json.replace(/}$/, ' }')
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
/** With bytes that are not UTF-8, in a member that no check reads. */
function withBytes(part: string, ...bytes: number[]): string {
  const json = Buffer.from(part, 'base64url').toString().replace(/}$/, ',"x":"')
  return encode(Buffer.concat([Buffer.from(json), Buffer.from(bytes), Buffer.from('"}')]))
}

const misencodings: [what: string, misencode: (part: string) => string][] = [
  ['a blank within', (part) => `${part.slice(0, 8)} ${part.slice(8)}`],
  ['a blank before', (part) => ` ${part}`],
  ['a blank behind', (part) => `${part} `],
  ['a line end within', (part) => `${part.slice(0, 8)}\n${part.slice(8)}`],
  ['a tab within', (part) => `${part.slice(0, 8)}\t${part.slice(8)}`],
  ['a character of no alphabet', (part) => `${part.slice(0, 8)}!${part.slice(8)}`],
  ['a percent sign', (part) => `${part}%3D`],
  ['the padding of base64', padded],
  ['one character of padding too many', (part) => `${part}=`],
  ['spare bits in the last character', withSpareBits],
  [
    'a character too many',
    (part) => `${part}A`.slice(0, part.length % 4 === 1 ? undefined : part.length + 1),
  ],
  ['a byte that is not UTF-8', (part) => withBytes(part, 0xff)],
  ['an overlong character', (part) => withBytes(part, 0xc0, 0xaf)],
  ['half of a surrogate pair', (part) => withBytes(part, 0xed, 0xa0, 0x80)],
  ['a character that is cut', (part) => withBytes(part, 0xe2, 0x82)],
  ['a byte order mark', (part) => encode(`\ufeff${Buffer.from(part, 'base64url')}`)],
  ['UTF-16', (part) => encode(Buffer.from(Buffer.from(part, 'base64url').toString(), 'utf16le'))],
  ['text behind the JSON', (part) => encode(`${Buffer.from(part, 'base64url')}x`)],
  ['no object', () => encode('[]')],
  ['null', () => encode('null')],
  ['nothing', () => ''],
]

describe('misencoded tokens', () => {
  test.each(misencodings)('A token with %s in its header is refused', async (_what, misencode) => {
    expect(await codeOf(sign(misencode(validHeader), validPayload))).toBe('auth.token_invalid')
  })
  test.each(misencodings)('A token with %s in its payload is refused', async (_what, misencode) => {
    expect(await codeOf(sign(validHeader, misencode(validPayload)))).toBe('auth.token_invalid')
  })
  test.each<[string, string]>([
    ['two parts', `${validHeader}.${validPayload}`],
    ['four parts', `${sign(validHeader, validPayload)}.`],
    ['an empty part before', `.${sign(validHeader, validPayload)}`],
    ['the alphabet of base64 in its signature', sign(validHeader, validPayload).replace(/-|_/, '+')],
  ])('A token with %s is refused', async (_what, token) => {
    expect(await codeOf(token)).toBe(
      token === sign(validHeader, validPayload) ? 'good' : 'auth.token_invalid',
    )
  })
})

describe('the maximum lifetime', () => {
  const token = (exp: number) => sign(validHeader, encode(JSON.stringify(claims(exp))))

  test.each([
    [900, 'good'],
    [899, 'good'],
    [901, 'auth.token_invalid'],
    [930, 'auth.token_invalid'],
    [86_400 * 365, 'auth.token_invalid'],
  ])('A token that expires %i seconds after its issue is %s with 15 minutes', async (exp, code) => {
    expect(await codeOf(token(exp))).toBe(code)
  })

  test('A token with a longer lifetime that was issued longer ago counts as expired, so clients refresh', async () => {
    expect(await codeOf(token(3600), { now: at(1000) })).toBe('auth.token_expired')
    expect(await codeOf(token(3600), { now: at(4000) })).toBe('auth.token_expired')
  })

  test('Older tokens are refused after ACCESS_TOKEN_TTL is lowered, and accepted after it is raised', async () => {
    const issuer = {
      config: { ...config, ...parseConfig({ ACCESS_TOKEN_TTL: '1h' }) },
      keys,
      now: () => at(0),
    }
    const ofAnHour = await issueAccessToken(user, issuer)
    expect(await codeOf(ofAnHour, { ttl: '1h' })).toBe('good')
    expect(await codeOf(ofAnHour, { ttl: '15m' })).toBe('auth.token_invalid')
    expect(await codeOf(ofAnHour, { ttl: '15m', now: at(960) })).toBe('auth.token_expired')
    expect(await codeOf(token(900), { ttl: '1h', now: at(800) })).toBe('good')
    expect(await codeOf(token(900), { ttl: '1h', now: at(1000) })).toBe('auth.token_expired')
  })
})
