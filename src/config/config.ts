import { z } from 'zod'
import { isGuessable } from './guessable-secret.ts'
import {
  bytes,
  contact,
  duration,
  integer,
  list,
  network,
  nonBlank,
  oneOf,
  origin,
  postgresUrl,
  share,
  webAddress,
} from './values.ts'

/** How to generate a secret, for messages about a missing or short one. */
const secretAdvice = `Make one with: node -p "require('crypto').randomBytes(48).toString('base64url')"`

/** The message about a guessable secret in production. It does not repeat the secret. */
export const guessable =
  'can be guessed: it is published as an example, repeats a pattern, or is made of common words, which production refuses.'

/**
 * All settings: an environment variable on Node, a variable or secret of the same name on Workers. `gatepost start
 * --help` and docs/configuration.md show the descriptions and defaults from here.
 */
export const settings = {
  PORT: integer(1, 65_535).prefault('3000').describe('Port to listen on.'),
  HOST: nonBlank().optional().describe('Address to listen on. Default: 127.0.0.1; 0.0.0.0 in production.'),
  PUBLIC_URL: origin()
    .optional()
    .describe('The address people use. Links are built from it, never from the Host header.'),
  DATABASE_URL: postgresUrl()
    .optional()
    .describe(
      'PostgreSQL server, as postgres://user:password@host:5432/name. Default: the embedded database.',
    ),
  DATA_DIR: nonBlank().prefault('data').describe('Folder of the embedded database and its JWT secret.'),
  DATABASE_POOL: integer(1, 1000)
    .prefault('8')
    .describe(
      'Connections to PostgreSQL, for each process. From 8 on an eighth is for single reads, a quarter for lists, a quarter for searches and whatever else may be slow, the rest for writes; below 8 they are shared by all.',
    ),
  DATABASE_TIMEOUT: duration(0.05, 600)
    .prefault('5s')
    .describe('How long a query may take until the response is 503.'),
  JWT_SECRET: secret()
    .optional()
    .describe(
      'HS256 secret of at least 32 bytes. Default: generated at the first start, only with the embedded database.',
    ),
  JWT_PREVIOUS_SECRETS: list(secret())
    .prefault('')
    .describe('Older secrets, comma separated, still accepted until they are removed from here.'),
  JWT_KEYS: nonBlank()
    .optional()
    .describe(
      'Keys instead of JWT_SECRET: a JSON Web Key Set, PEM private keys, or the path of a file with either. The first signs, all are accepted. If JWT_SECRET is set too, it is still accepted.',
    ),
  JWT_ISSUER: nonBlank().prefault('gatepost').describe('Claim `iss` of access tokens.'),
  JWT_AUDIENCE: nonBlank().prefault('gatepost').describe('Claim `aud` of access tokens.'),
  CLOCK_TOLERANCE: duration(0, 300)
    .prefault('3s')
    .describe(
      'Tolerated difference between the clocks of two servers, at most a tenth of a token’s lifetime.',
    ),
  ACCESS_TOKEN_TTL: duration(1, 86_400)
    .refine(Number.isInteger, 'must be whole seconds.')
    .prefault('15m')
    .describe(
      'Lifetime of an access token. Tokens with a longer lifetime are refused: clients refresh them.',
    ),
  REFRESH_TOKEN_TTL: duration(1, 31_536_000)
    .prefault('30d')
    .describe('How long a session may be unused before it expires.'),
  SESSION_MAX_AGE: duration(1, 315_360_000)
    .prefault('90d')
    .describe('How long a session may last altogether.'),
  REFRESH_GRACE: duration(0, 300)
    .prefault('10s')
    .describe('How long a used refresh token still returns the same successor, for retries and second tabs.'),
  AUDIT_RETENTION: duration(86_400, 315_360_000).prefault('400d').describe('How long audit events are kept.'),
  FRESH_LOGIN: duration(0, 86_400)
    .prefault('15m')
    .describe(
      'How long after log-in the e-mail address may be changed, and API tokens created, without the password.',
    ),
  BCRYPT_COST: integer(4, 16)
    .prefault('12')
    .describe('Cost of new password hashes; weaker ones are upgraded at log-in.'),
  PASSWORD_MIN_LENGTH: integer(8, 72)
    .prefault('8')
    .describe('Minimum number of characters of a new password.'),
  PASSWORD_QUEUE: integer(1, 10_000)
    .prefault('64')
    .describe('Maximum number of passwords that wait to be hashed; beyond it, the response is 503.'),
  RATE_LIMIT: oneOf('on', 'off')
    .prefault('on')
    .describe('`off` switches the limits on log-ins, registrations, refreshes and API tokens off.'),
  REQUEST_LIMIT: integer(0, 1_000_000_000)
    .prefault('0')
    .describe(
      'Requests of any kind from one address in REQUEST_WINDOW, counted by each server separately; beyond it, the response is 429. Default: no limit.',
    ),
  REQUEST_WINDOW: duration(1, 86_400).prefault('1m').describe('Time for REQUEST_LIMIT.'),
  SECURITY_CONTACT: list(contact())
    .prefault('')
    .describe(
      'Where to report weaknesses, for /.well-known/security.txt: e-mail or web addresses, comma separated. Default: no such file.',
    ),
  CONTACT_EMAIL: nonBlank()
    .prefault('support@example.com')
    .describe('Contact address in the document. Set it to an address that you read.'),
  LOGIN_LIMIT: integer(1, 1_000_000)
    .prefault('10')
    .describe(
      'Failed log-ins for one account from one address in LOGIN_WINDOW; beyond it, the response is 429.',
    ),
  LOGIN_WINDOW: duration(1, 86_400)
    .prefault('15m')
    .describe('Time after which failed log-ins are forgotten.'),
  LOGIN_ADDRESS_LIMIT: integer(1, 1_000_000)
    .prefault('100')
    .describe('Failed log-ins for all accounts from one address in LOGIN_WINDOW.'),
  LOGIN_ACCOUNT_LIMIT: integer(1, 1_000_000)
    .prefault('50')
    .describe(
      'Failed log-ins for one account from all addresses in LOGIN_ACCOUNT_WINDOW; then each attempt has to wait, except from addresses that have logged in to the account before.',
    ),
  LOGIN_ACCOUNT_WINDOW: duration(1, 2_592_000)
    .prefault('1d')
    .describe('Time without a failed log-in for the account after which that wait is forgotten.'),
  LOGIN_ACCOUNT_WAIT: duration(1, 3600)
    .prefault('60s')
    .describe('Maximum of that wait, which starts at a second and doubles with each failure.'),
  KNOWN_ADDRESS_TTL: duration(0, 31_536_000)
    .prefault('90d')
    .describe('How long an address is remembered after a log-in to an account.'),
  REGISTER_LIMIT: integer(1, 1_000_000)
    .prefault('500')
    .describe('Registrations from one address in REGISTER_WINDOW.'),
  REGISTER_WINDOW: duration(1, 86_400).prefault('1h').describe('Time for REGISTER_LIMIT.'),
  REFRESH_LIMIT: integer(1, 1_000_000)
    .prefault('1000')
    .describe('Refreshes from one address in REFRESH_WINDOW.'),
  REFRESH_WINDOW: duration(1, 86_400).prefault('15m').describe('Time for REFRESH_LIMIT.'),
  API_TOKEN_MAX_AGE: duration(1, 315_360_000)
    .prefault('365d')
    .describe('Maximum lifetime of API tokens; also applies to existing tokens.'),
  API_TOKEN_LIMIT: integer(1, 1_000_000_000)
    .prefault('1000')
    .describe(
      'Requests with one API token in API_TOKEN_WINDOW, counted by each server separately; beyond it, the response is 429.',
    ),
  API_TOKEN_WINDOW: duration(1, 86_400).prefault('1m').describe('Time for API_TOKEN_LIMIT.'),
  TRUST_PROXY: list(network())
    .prefault('')
    .describe(
      'Proxies whose X-Forwarded-For is trusted: addresses or networks, comma separated. Default: none.',
    ),
  CORS_ORIGINS: list(origin())
    .prefault('')
    .describe('Origins whose pages may call the API, comma separated.'),
  ADMIN_USERNAME: nonBlank()
    .optional()
    .describe(
      'First admin, created at start if there is no admin. If another user has the name, a number is appended.',
    ),
  ADMIN_EMAIL: nonBlank().optional().describe('E-mail address of the first admin.'),
  ADMIN_PASSWORD: nonBlank().optional().describe('Password of the first admin.'),
  RESERVED_USERNAMES: list(nonBlank())
    .prefault('')
    .describe(
      'Usernames that cannot be registered, comma separated, besides admin, root, support and the like; only an admin or the command line can assign them.',
    ),
  BODY_LIMIT: bytes(1024, 64 * 1024 * 1024)
    .prefault('1MiB')
    .describe('Largest request body.'),
  REQUEST_TIMEOUT: duration(1, 3600)
    .prefault('30s')
    .describe('Longest time a client may take to send its request; 20 s of it for the headers.'),
  MAX_REQUESTS: integer(1, 100_000)
    .prefault('1000')
    .describe('Maximum number of concurrent requests; the response to others is 503, at once.'),
  MAX_CONNECTIONS: integer(1, 1_000_000)
    .prefault('10000')
    .describe('Maximum number of client connections; further ones are closed at once.'),
  SHUTDOWN_TIMEOUT: duration(0, 600)
    .prefault('10s')
    .describe('How long running requests may continue after SIGTERM.'),
  SHUTDOWN_DELAY: duration(0, 600)
    .prefault('1s')
    .describe(
      'How long, of that time, new requests are still accepted while /readyz responds with 503, so that load balancers notice.',
    ),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
    .prefault('info')
    .describe('Least severe log lines to write: trace, debug, info, warn, error, fatal or silent.'),
  METRICS_TOKEN: secret()
    .optional()
    .describe(
      'Token of at least 32 bytes that GET /metrics asks for. Default: no metrics in production; elsewhere only for this machine.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress()
    .optional()
    .describe(
      'OpenTelemetry collector that traces are sent to, by OTLP over HTTP, such as http://127.0.0.1:4318. Default: no traces.',
    ),
  OTEL_SERVICE_NAME: nonBlank().prefault('gatepost').describe('Name of this service in traces.'),
  OTEL_TRACES_SAMPLER_ARG: share()
    .prefault('1')
    .describe('Share of requests to trace, from 0 to 1, unless the client has decided (`traceparent`).'),
  NODE_ENV: oneOf('development', 'test', 'production')
    .prefault('development')
    .describe('`production` refuses unsafe settings.'),
  ALLOW_EMBEDDED_DATABASE: oneOf('true', 'false')
    .prefault('false')
    .describe('`true` lets production run on the embedded database.'),
}

/** The settings with their values; durations in seconds, sizes in bytes. */
export type Config = z.output<typeof Settings>

/** An invalid configuration. The message names the variable and the remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Parses the configuration from a set of variables; a pure function for Node, Workers and tests. An empty value counts
 * as absent. White space at both ends is removed: .env files and pasting add it, and two instances must not differ
 * because of it.
 * @throws ConfigError
 */
export function parseConfig(source: Readonly<Record<string, unknown>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings).map((name) => [name, source[name] === '' ? undefined : trimmed(source[name])]),
  )
  const result = Settings.safeParse(given)
  if (!result.success) {
    const lines = result.error.issues.map(
      (issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`,
    )
    throw new ConfigError(lines.join('\n'))
  }
  return result.data
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value
}

const Settings = z.object(settings).superRefine((config, context) => {
  const refuse = (name: keyof typeof settings, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message })

  if (config.DATABASE_URL && !config.JWT_SECRET && !config.JWT_KEYS) {
    refuse('JWT_SECRET', `must be set when DATABASE_URL is, unless JWT_KEYS is. ${secretAdvice}`)
  }
  const admin = [config.ADMIN_USERNAME, config.ADMIN_EMAIL, config.ADMIN_PASSWORD]
  if (admin.some(Boolean) && !admin.every(Boolean)) {
    refuse(
      'ADMIN_USERNAME',
      'ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD go together: set all three or none.',
    )
  }
  if (config.NODE_ENV !== 'production') return
  if (!config.DATABASE_URL && config.ALLOW_EMBEDDED_DATABASE !== 'true') {
    refuse(
      'DATABASE_URL',
      'must be set in production. To run production on the embedded database all the same, set ALLOW_EMBEDDED_DATABASE=true.',
    )
  }
  if (config.BCRYPT_COST < 10) refuse('BCRYPT_COST', 'must be at least 10 in production.')
  for (const name of ['JWT_SECRET', 'METRICS_TOKEN'] as const) {
    const value = config[name]
    if (value !== undefined && isGuessable(value)) refuse(name, `${guessable} ${secretAdvice}`)
  }
  config.JWT_PREVIOUS_SECRETS.forEach((secret, index) => {
    if (isGuessable(secret))
      refuse(
        'JWT_PREVIOUS_SECRETS',
        `number ${index + 1} ${guessable} Remove it: tokens signed with it can be forged.`,
      )
  })
})

function secret() {
  return z.string().refine((value) => new TextEncoder().encode(value).length >= 32, {
    message: `must be at least 32 bytes long. ${secretAdvice}`,
  })
}
