import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../src/config/config.ts'
import { addressOf, parsePostgresUrl } from '../../src/db/postgres/target.ts'

describe('URLs of providers', () => {
  test.for<[provider: string, url: string, expected: object]>([
    [
      'Supabase (transaction pooler)',
      'postgresql://postgres.abcdefghijklmnop:p%40ss@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1&supa=base-pooler.x',
      {
        hosts: [{ name: 'aws-0-eu-central-1.pooler.supabase.com', port: 6543 }],
        user: 'postgres.abcdefghijklmnop',
        password: 'p@ss',
        database: 'postgres',
        isPrepared: false,
        ignored: ['connection_limit', 'supa'],
      },
    ],
    [
      'Neon',
      'postgresql://neondb_owner:secret@ep-cool-darkness-a1b2c3d4-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require&options=endpoint%3Dep-cool-darkness-a1b2c3d4',
      {
        tls: expect.objectContaining({ attempts: ['tls'], verify: 'none' }),
        settings: { application_name: 'gatepost', options: 'endpoint=ep-cool-darkness-a1b2c3d4' },
        ignored: ['channel_binding'],
      },
    ],
    [
      'Amazon RDS',
      'postgres://admin:secret@db.abc123.eu-west-1.rds.amazonaws.com:5432/app?sslmode=verify-full&sslrootcert=/etc/ssl/global-bundle.pem&target_session_attrs=read-write&connect_timeout=5',
      {
        tls: expect.objectContaining({
          attempts: ['tls'],
          verify: 'full',
          files: expect.objectContaining({ root: '/etc/ssl/global-bundle.pem' }),
        }),
        session: 'read-write',
        connectTimeout: 5,
        ignored: [],
      },
    ],
    [
      'Heroku, which says nothing of the TLS that it asks for',
      'postgres://uabc:pdef@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d123',
      { tls: expect.objectContaining({ attempts: ['tls', 'plain'], verify: 'none' }), ignored: [] },
    ],
    [
      'Render',
      'postgresql://app:secret@dpg-abc-a.frankfurt-postgres.render.com/app_db?ssl=true',
      {
        hosts: [{ name: 'dpg-abc-a.frankfurt-postgres.render.com', port: 5432 }],
        tls: expect.objectContaining({ attempts: ['tls'] }),
      },
    ],
    [
      'Azure, whose old users have an @ in them',
      'postgres://me%40server:pa%2Fss@server.postgres.database.azure.com:5432/postgres?sslmode=require&sslaccept=strict&sslnegotiation=postgres',
      { user: 'me@server', password: 'pa/ss', tls: expect.objectContaining({ verify: 'full' }) },
    ],
    [
      'Fly',
      'postgres://app:secret@app-db.flycast:5432/app?sslmode=disable',
      { tls: expect.objectContaining({ attempts: ['plain'] }) },
    ],
    [
      'Crunchy Bridge, with several hosts',
      'postgresql://application:secret@p.one.db.postgresbridge.com:5432,p.two.db.postgresbridge.com:5433/postgres?target_session_attrs=any&load_balance_hosts=random&keepalives_idle=30&fallback_application_name=x',
      {
        hosts: [
          { name: 'p.one.db.postgresbridge.com', port: 5432 },
          { name: 'p.two.db.postgresbridge.com', port: 5433 },
        ],
        session: 'any',
        isShuffled: true,
        keepalive: { idle: 30_000, interval: 10_000, count: 6 },
        settings: { application_name: 'x' },
      },
    ],
  ])('The URL of %s is understood', ([, url, expected]) => {
    expect(parsePostgresUrl(url)).toMatchObject(expected)
    expect(parseConfig({ DATABASE_URL: url, JWT_SECRET: 'a'.repeat(16) + 'b'.repeat(16) }).DATABASE_URL).toBe(
      url,
    )
  })
})

test.for<[url: string, hosts: object[], address: string]>([
  ['postgres://me@[2001:db8::1]:5433/app', [{ name: '2001:db8::1', port: 5433 }], '[2001:db8::1]:5433/app'],
  [
    'postgres://me@[::1],[::2]:6/app',
    [
      { name: '::1', port: 5432 },
      { name: '::2', port: 6 },
    ],
    '[::1]:5432,[::2]:6/app',
  ],
  [
    'postgres://me@%2Fvar%2Frun%2Fpostgresql/app',
    [{ name: '/var/run/postgresql', port: 5432 }],
    '/var/run/postgresql:5432/app',
  ],
  [
    'postgres://me:p@/app?host=/var/run/postgresql&port=5433',
    [{ name: '/var/run/postgresql', port: 5433 }],
    '/var/run/postgresql:5433/app',
  ],
  ['postgres:///app?host=/tmp', [{ name: '/tmp', port: 5432 }], '/tmp:5432/app'],
  ['postgres://db/app?hostaddr=10.0.0.7', [{ name: 'db', address: '10.0.0.7', port: 5432 }], 'db:5432/app'],
  [
    'postgres://?host=a,b&port=1,2&user=me&dbname=app',
    [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ],
    'a:1,b:2/app',
  ],
  [
    'postgres://a,b:7/na%2Fme%20%3F%C3%BC',
    [
      { name: 'a', port: 5432 },
      { name: 'b', port: 7 },
    ],
    'a:5432,b:7/na%2Fme%20%3F%C3%BC',
  ],
])('%s names its hosts, and the start message tells where the database is', ([url, hosts, address]) => {
  const target = parsePostgresUrl(url)
  expect(target.hosts).toEqual(hosts)
  expect(addressOf(target)).toBe(address)
})

test('Users, passwords and databases are decoded', () => {
  expect(parsePostgresUrl('postgres://m%C3%A9:p%3A%40%2F%3F%23%25%20+@db/a%2Fb%20c')).toMatchObject({
    user: 'mé',
    password: 'p:@/?#% +',
    database: 'a/b c',
  })
})

test.for<[query: string, attempts: string[], verify: string]>([
  ['', ['tls', 'plain'], 'none'],
  ['sslmode=disable', ['plain'], 'none'],
  ['sslmode=allow', ['plain', 'tls'], 'none'],
  ['sslmode=prefer', ['tls', 'plain'], 'none'],
  ['sslmode=require', ['tls'], 'none'],
  ['sslmode=require&sslrootcert=/ca.pem', ['tls'], 'ca'],
  ['sslmode=verify-ca&sslrootcert=/ca.pem', ['tls'], 'ca'],
  ['sslmode=verify-ca', ['tls'], 'full'],
  ['sslmode=verify-full', ['tls'], 'full'],
  ['sslmode=no-verify', ['tls'], 'none'],
  ['sslrootcert=system', ['tls'], 'full'],
  ['ssl=true', ['tls'], 'none'],
  ['ssl=0', ['plain'], 'none'],
  ['sslmode=require&host=/tmp', ['plain'], 'none'],
])('TLS with %s is the same as in libpq', ([query, attempts, verify]) => {
  expect(parsePostgresUrl(`postgres://db/app?${query}`).tls).toMatchObject({ attempts, verify })
})

test.for<[query: string, says: string]>([
  ['sslmode=nonsense', 'sslmode=nonsense: the values of sslmode are disable, allow'],
  ['sslmode=', 'a wrong value of sslmode'],
  ['sslmod=require', 'sslmod: did you mean sslmode'],
  ['serach_path=x', 'serach_path: did you mean search_path'],
  ['constructor=x', 'unknown parameter, constructor'],
  ['target_session_attrs=master', 'target_session_attrs=master'],
  ['load_balance_hosts=yes', 'load_balance_hosts=yes'],
  ['connect_timeout=5s', 'connect_timeout'],
  ['keepalives=2', 'keepalives'],
  ['gssencmode=require', 'gssencmode=require'],
  ['channel_binding=sometimes', 'channel_binding=sometimes'],
  ['pgbouncer=maybe', 'pgbouncer=maybe'],
  ['service=main', 'service, which Gatepost cannot follow: write'],
  ['sslmode', 'without a value: sslmode'],
  ['sslmode=require&sslrootcert=system', 'sslrootcert=system, which needs sslmode=verify-full'],
  ['sslmode=prefer&sslnegotiation=direct', 'sslnegotiation=direct, which needs sslmode=require'],
  ['host=a,b&port=1,2,3', 'another number of ports'],
  ['hostaddr=name', 'hostaddr'],
])('%s is refused, and the message names it without the password', ([query, says]) => {
  const DATABASE_URL = `postgres://me:hunter2@db/app?${query}`
  const refused = () => parseConfig({ DATABASE_URL, JWT_SECRET: 'a'.repeat(16) + 'b'.repeat(16) })
  expect(refused).toThrow(/^DATABASE_URL: /)
  expect(refused).toThrow(says)
  expect(refused).not.toThrow(/hunter2/)
})

test.for([
  'postgres://me:hun?ter2@db/app',
  'postgres://me:hun?ter2=x@db/app',
  'postgres://me:hun#ter2@db/app',
  'postgres://me:12/ter2@db/app',
  'postgres://me:hun/ter2@db/app',
  'postgres://me:hun%ter2@db/app',
  'postgres://me:hunter2@db:port/app',
  'postgres://me:hunter2@[::g]/app',
  'postgres://me:hunter2@db:70000/app',
  'postgres://me:hunter2@/app',
  'postgres://me:hunter2@a%2Fb/app',
  'postgres://me:hunter2@db/app%00',
  'postgres://me:hunter2@db/app\n',
  'postgres://me:%ff@db/hunter2',
])('%j is refused as malformed, and no part of it is repeated', (url) => {
  expect(() => parsePostgresUrl(url)).toThrow(/^must look like postgres:/)
  expect(() => parsePostgresUrl(url)).not.toThrow(/hun|ter2/)
})
