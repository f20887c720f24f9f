import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../../src/config/config.ts'
import { isGuessable } from '../../src/config/guessable-secret.ts'

const secret = 'Vb8Qm2Zc5Xr1Lk9Tn4Wd7Hs3Jf6Gp0Ya'

describe('a wrong setting', () => {
  test.for<[name: string, value: string, what: RegExp]>([
    ['PORT', 'abc', /whole number from 1 to 65535/],
    ['PORT', '70000', /whole number from 1 to 65535/],
    ['PORT', '3000.5', /whole number/],
    ['HOST', '  ', /blank/],
    ['PUBLIC_URL', 'hunter2', /such as https:/],
    ['PUBLIC_URL', 'https://hunter2.example/path', /without a path/],
    ['DATABASE_URL', 'mysql://me:hunter2@db/name', /postgres:\/\/user:password@host/],
    ['DATABASE_URL', 'postgres:///hunter2', /postgres:\/\/user:password@host/],
    ['DATABASE_URL', 'postgres://me:hunter2%@db/name', /percent-encoded/],
    ['DATABASE_TIMEOUT', 'hunter2', /such as 30/],
    ['DATABASE_TIMEOUT', '0', /from 0.05 to 600 seconds/],
    ['JWT_SECRET', 'hunter2', /at least 32 bytes long. Make one with: node -p/],
    ['JWT_PREVIOUS_SECRETS', `${secret},hunter2`, /at least 32 bytes/],
    ['ACCESS_TOKEN_TTL', '1.5h', /such as 30/],
    ['BODY_LIMIT', 'hunter2', /such as 65536/],
    ['LOG_LEVEL', 'hunter2', /debug, info, warn, error, fatal or silent/],
    ['METRICS_TOKEN', 'hunter2', /at least 32 bytes/],
    ['SECURITY_CONTACT', 'security@example.com, hunter2', /e-mail addresses/],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter2', /such as http:/],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', /from 0 to 1/],
    ['ALLOW_EMBEDDED_DATABASE', 'hunter2', /true or false/],
    ['CORS_ORIGINS', 'https://a.example, hunter2', /without a path/],
    ['ADMIN_PASSWORD', 'hunter2hunter2', /ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD go together/],
  ])('%s=%s is refused, and the message names the setting without the value', ([name, value, what]) => {
    const message = refusal({ [name]: value })
    expect(message).toContain(name)
    expect(message).toMatch(what)
    expect(message).not.toContain('hunter2')
    expect(message).not.toContain(secret)
  })

  test('A wrong setting is refused together with all others', () => {
    expect(refusal({ PORT: '0', BCRYPT_COST: '99', LOG_LEVEL: 'loud' }).split('\n')).toHaveLength(3)
  })
})

test('An empty value counts as absent', () => {
  expect(parseConfig({ PORT: '', DATABASE_URL: '', JWT_SECRET: '' })).toEqual(parseConfig({}))
})

test.for([
  'postgres://me:p%40ss@db:5432/name',
  'postgresql://me@one:5432,two:5432/name?sslmode=require',
  'postgres://[::1]/name',
])('%s is an address of PostgreSQL', (DATABASE_URL) => {
  expect(parseConfig({ DATABASE_URL, JWT_SECRET: secret }).DATABASE_URL).toBe(DATABASE_URL)
})

describe('production', () => {
  const safe = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/name', JWT_SECRET: secret }

  test('Production runs with a database and a secret', () => {
    expect(parseConfig(safe)).toMatchObject(safe)
  })

  test.for<[name: string, change: Record<string, string | undefined>]>([
    ['JWT_SECRET', { JWT_SECRET: undefined }],
    ['DATABASE_URL', { DATABASE_URL: undefined }],
    ['BCRYPT_COST', { BCRYPT_COST: '9' }],
  ])('Production refuses an unsafe %s', ([name, change]) => {
    expect(refusal({ ...safe, ...change })).toMatch(RegExp(`^${name}: `))
  })
})

describe('a secret that can be guessed', () => {
  const generators: [string, () => string][] = [
    ['openssl rand -hex 16', () => randomBytes(16).toString('hex')],
    ['openssl rand -hex 32', () => randomBytes(32).toString('hex')],
    ['openssl rand -base64 32', () => randomBytes(32).toString('base64')],
    ['the advice of Gatepost', () => randomBytes(48).toString('base64url')],
    ['uuidgen', () => randomUUID()],
  ]
  test.for(generators)('A secret from %s is never refused', ([, generate]) => {
    // A small sample: the estimate was measured with fifty times as many, and 0 of 10,000 of each kind were
    // refused.
    for (let n = 0; n < 200; n++) expect([isGuessable(generate())]).toEqual([false])
  })

  const guessable = [
    'a'.repeat(32),
    'ab'.repeat(16),
    'abcdefghijklmnopqrstuvwxyz123456',
    '0123456789abcdef0123456789abcdef',
    '00112233445566778899aabbccddeeff',
    '000102030405060708090a0b0c0d0e0f',
    'qwertyuiopasdfghjklzxcvbnm123456',
    'a-string-secret-at-least-256-bits-long',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
    'django-insecure-change-me-0123456789',
    'changeme-changeme-changeme-changeme',
    'ThisIsMySuperSecretKeyForJWTAuthentication',
    's3cr3t-k3y-f0r-d3v3l0pm3nt-0nly-1234',
    'correct horse battery staple correct',
  ]
  const encodings: BufferEncoding[] = ['utf8', 'hex', 'base64', 'base64url']
  test.for(guessable.flatMap((text) => encodings.map((encoding) => Buffer.from(text).toString(encoding))))(
    'A guessable secret is refused in production in every setting, and not repeated: %s',
    (text) => {
      const safe = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/name', JWT_SECRET: secret }
      for (const [name, change] of [
        ['JWT_SECRET', { JWT_SECRET: text }],
        ['JWT_PREVIOUS_SECRETS', { JWT_PREVIOUS_SECRETS: `${secret},${text}` }],
        ['METRICS_TOKEN', { METRICS_TOKEN: text }],
      ] as const) {
        const message = refusal({ ...safe, ...change })
        expect(message).toMatch(new RegExp(`^${name}: .*can be guessed`))
        expect(message).not.toContain(text)
        expect(parseConfig({ ...safe, ...change, NODE_ENV: 'test' })).toBeDefined()
      }
    },
  )
})

test('White space at the ends of a setting is not part of it', () => {
  const around = (value: string) => `\ufeff \t${value} \r\n`
  const plain = {
    JWT_SECRET: secret,
    JWT_PREVIOUS_SECRETS: `${secret}1,${secret}2`,
    METRICS_TOKEN: secret,
    DATABASE_URL: 'postgres://db/name',
    PORT: '3001',
    RATE_LIMIT: 'off',
    ADMIN_USERNAME: 'root',
    ADMIN_EMAIL: 'root@example.com',
    ADMIN_PASSWORD: 'a long password',
  }
  const padded = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, around(value)]))
  expect(parseConfig(padded)).toEqual(parseConfig(plain))
})

function refusal(source: Record<string, string | undefined>): string {
  try {
    parseConfig(source)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('It was accepted.')
}
