import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from '../src/config.ts'

const secret = 'a-secret-that-has-at-least-32-bytes!'

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
  ])('%s=%s is refused by name and without repeating it', ([name, value, what]) => {
    const said = refusal({ [name]: value })
    expect(said).toContain(name)
    expect(said).toMatch(what)
    expect(said).not.toContain('hunter2')
    expect(said).not.toContain(secret)
  })

  test('is refused together with all others', () => {
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

  test('runs with a database and a secret', () => {
    expect(parseConfig(safe)).toMatchObject(safe)
  })

  test.for<[name: string, change: Record<string, string | undefined>]>([
    ['JWT_SECRET', { JWT_SECRET: undefined }],
    ['DATABASE_URL', { DATABASE_URL: undefined }],
    ['BCRYPT_COST', { BCRYPT_COST: '9' }],
  ])('refuses an unsafe %s', ([name, change]) => {
    expect(refusal({ ...safe, ...change })).toMatch(RegExp(`^${name}: `))
  })
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
