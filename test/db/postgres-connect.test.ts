import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { isDatabaseUnavailable } from '../../src/db/errors.ts'
import { newAuthority, signedBy } from '../support/certificates.ts'
import { gatepost } from '../support/gatepost.ts'
import { startOwnPostgres, type TestPostgres } from '../support/postgres.ts'
import { freePort } from '../support/processes.ts'
import { rowsOf } from './fixtures/queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatepost-tls-'))
const file = (name: string) => join(folder, name)
const handles: DatabaseHandle[] = []
let plain: TestPostgres
let encrypted: TestPostgres

/**
 * The rules for clients: `only-tls` and `only-plain` are each accepted one way, `by-certificate` without a
 * password.
 */
const hba = `
hostnossl all only-plain all scram-sha-256
hostssl all only-tls all scram-sha-256
hostssl all by-certificate all cert
host all postgres all scram-sha-256
`

beforeAll(async () => {
  const authority = await newAuthority()
  const [server, client, stranger] = await Promise.all([
    signedBy(authority, { name: 'localhost' }),
    signedBy(authority, { name: 'by-certificate' }),
    newAuthority(),
  ])
  writeFileSync(file('root.crt'), authority.certificate)
  writeFileSync(file('stranger.crt'), stranger.certificate)
  writeFileSync(file('client.crt'), client.certificate)
  writeFileSync(file('client.key'), client.key)
  plain = await startOwnPostgres()
  encrypted = await startOwnPostgres({
    tls: { ...server, root: authority.certificate },
    flags: ['-c', 'ssl_ca_file=root.crt', '-c', 'ssl_cert_file=server.crt'],
    hba,
  })
  const admin = postgres(encrypted.url, { max: 1, onnotice: () => {} })
  for (const role of ['only-tls', 'only-plain', 'by-certificate'])
    await admin.unsafe(`CREATE ROLE "${role}" LOGIN PASSWORD 'secret'`)
  await admin.end()
})

afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
})

afterAll(async () => {
  await plain?.stop()
  await encrypted?.stop()
  rmSync(folder, { recursive: true })
})

/** The URL of a server with some parts replaced. */
function urlOf(
  server: TestPostgres,
  query: string,
  { user, host = '127.0.0.1' }: { user?: string; host?: string } = {},
) {
  const url = new URL(server.url)
  url.hostname = host
  if (user) [url.username, url.password] = [user, 'secret']
  return `${url.href}?${query.replaceAll('$', folder)}`
}

async function session(url: string) {
  const handle = openPostgres({ url, connections: 1, timeout: 4000 })
  handles.push(handle)
  const [row] = await rowsOf<{ tls: boolean; role: string; port: number }>(
    handle.connect('write'),
    sql`SELECT ssl AS tls, current_user AS role, inet_server_port() AS port FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
  )
  return row
}

const reason = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(isDatabaseUnavailable(error)).toBe(true)
  const { code, message } = (error as { cause: { code: string; message: string } }).cause
  return `${code}: ${message}`
}

test.for<[query: string, tls: boolean, user?: string]>([
  ['', true],
  ['sslmode=disable', false],
  ['sslmode=allow', false],
  ['sslmode=allow', true, 'only-tls'],
  ['sslmode=prefer', true],
  ['sslmode=prefer', false, 'only-plain'],
  ['', false, 'only-plain'],
  ['sslmode=require', true],
  ['sslmode=no-verify', true],
  ['sslmode=require&sslrootcert=$/root.crt', true],
  ['sslmode=verify-ca&sslrootcert=$/root.crt', true],
  ['sslmode=no-verify&sslrootcert=$/stranger.crt', true],
  ['sslmode=prefer&sslrootcert=$/stranger.crt', false],
  ['sslmode=require&ssl_min_protocol_version=TLSv1.3', true],
  ['sslmode=require&sslnegotiation=direct', true],
  ['sslmode=require&sslcert=$/client.crt&sslkey=$/client.key', true, 'by-certificate'],
  ['ssl=true', true],
])('With "%s" the connection to a server with TLS is encrypted: %s (%s)', async ([query, tls, user]) => {
  const [first, second] = [
    await session(urlOf(encrypted, query, user ? { user } : {})),
    await session(urlOf(encrypted, query, user ? { user } : {})),
  ]
  expect([first?.tls, second?.tls]).toEqual([tls, tls])
})

test('verify-full accepts only a certificate for the name of the host', async () => {
  const query = 'sslmode=verify-full&sslrootcert=$/root.crt'
  expect((await session(urlOf(encrypted, query, { host: 'localhost' })))?.tls).toBe(true)
  expect((await session(urlOf(encrypted, `${query}&hostaddr=127.0.0.1`, { host: 'localhost' })))?.tls).toBe(
    true,
  )
  expect(await reason(session(urlOf(encrypted, query)))).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID/)
})

test.for<[query: string, says: RegExp]>([
  ['sslmode=require&sslrootcert=$/stranger.crt', /CERT|UNABLE/],
  ['sslmode=verify-ca&sslrootcert=$/stranger.crt', /CERT|UNABLE/],
  ['sslmode=verify-full', /CERT|UNABLE/],
  ['sslrootcert=system', /CERT|UNABLE/],
  ['sslmode=require&sslrootcert=$/nothing.crt', /sslrootcert.*cannot be read \(ENOENT\)/],
])('With "%s" that server is not trusted', async ([query, says]) => {
  expect(await reason(session(urlOf(encrypted, query)))).toMatch(says)
})

test.for<[query: string]>([
  [''],
  ['sslmode=allow'],
  ['sslmode=prefer'],
  ['sslmode=disable'],
  ['target_session_attrs=any'],
])('A server without TLS is accepted with "%s"', async ([query]) => {
  expect((await session(urlOf(plain, query)))?.tls).toBe(false)
})

test.for(['require', 'verify-full', 'no-verify'])(
  'A server without TLS is reported in one sentence with sslmode=%s',
  async (mode) => {
    const { code, stderr } = await gatepost(['migrate'], { DATABASE_URL: urlOf(plain, `sslmode=${mode}`) })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^The database of DATABASE_URL cannot be reached: The server at 127\.0\.0\.1:\d+ has no TLS, which sslmode=[\w-]+ asks for/,
    )
    expect(stderr).not.toMatch(/please report| {4}at /)
  },
)

test('A Unix socket is reached by a host parameter and by an encoded host', async () => {
  const { username, password } = new URL(plain.url)
  const socketFolder = plain.own?.socketFolder ?? ''
  const place = `host=${socketFolder}&port=${plain.port}`
  expect(await session(`postgres://${username}:${password}@/postgres?${place}`)).toMatchObject({ port: null })
  const encoded = `${encodeURIComponent(socketFolder)}:${plain.port}`
  expect(
    await session(`postgres://${username}:${password}@${encoded}/postgres?sslmode=require`),
  ).toMatchObject({ port: null, tls: false })
})

test('A database whose name must be encoded is opened', async () => {
  const url = await plain.createDatabase('a/b c?ü')
  expect(url).toContain('a%2Fb%20c%3F%C3%BC')
  const handle = openPostgres({ url, connections: 1, timeout: 4000 })
  handles.push(handle)
  expect(await rowsOf(handle.connect('write'), sql`SELECT current_database() AS name`)).toEqual([
    { name: 'a/b c?ü' },
  ])
})

/** The credentials of the server without TLS, with other hosts. */
const hosts = (list: string, query = '') => `${plain.url.replace(/@.*$/, '@')}${list}/postgres?${query}`

test('The first reachable one of several hosts is used, and a query on it can be cancelled', async () => {
  const url = hosts(`127.0.0.1:${await freePort()},127.0.0.1:${plain.port}`, 'sslmode=allow')
  expect((await session(url))?.port).toBe(plain.port)
  const handle = openPostgres({ url, connections: 1, timeout: 300 })
  handles.push(handle)
  const db = handle.connect('write')
  const [before] = await rowsOf<{ pid: number }>(db, sql`SELECT pg_backend_pid() AS pid`)
  await expect(rowsOf(db, sql`SELECT pg_sleep(30)`)).rejects.toSatisfy(isDatabaseUnavailable)
  expect(await rowsOf(db, sql`SELECT pg_backend_pid() AS pid`)).toEqual([before])
})

test('If no host is reachable, the message gives the reason for each', async () => {
  const [one, two] = [await freePort(), await freePort()]
  const message = await reason(session(hosts(`127.0.0.1:${one},127.0.0.1:${two}`)))
  expect(message).toContain(`ECONNREFUSED 127.0.0.1:${one}`)
  expect(message).toContain(`ECONNREFUSED 127.0.0.1:${two}`)
})

test.for<[attrs: string, isReadOnly: boolean]>([
  ['read-write', false],
  ['read-only', true],
  ['primary', false],
  ['prefer-standby', false],
])('target_session_attrs=%s chooses a matching server', async ([attrs, isReadOnly]) => {
  await using readOnly = await startOwnPostgres({ flags: ['-c', 'default_transaction_read_only=on'] })
  const admin = postgres(plain.url, { max: 1 })
  await admin.unsafe(`ALTER ROLE postgres PASSWORD 'same'`)
  await admin.end()
  const other = postgres(readOnly.url, { max: 1 })
  await other.unsafe(`SET default_transaction_read_only = off`)
  await other.unsafe(`ALTER ROLE postgres PASSWORD 'same'`)
  await other.end()
  plain.url = plain.url.replace(/:[^:@]+@/, ':same@')
  const list = isReadOnly ? [plain.port, readOnly.port] : [readOnly.port, plain.port]
  const url = hosts(list.map((port) => `127.0.0.1:${port}`).join(','), `target_session_attrs=${attrs}`)
  // `primary` and `prefer-standby` do not check whether the server accepts writes.
  const expected = attrs === 'read-write' ? plain.port : readOnly.port
  expect((await session(url))?.port).toBe(expected)
})

test('The message names a server that does not match', async () => {
  expect(await reason(session(`${plain.url}?target_session_attrs=standby`))).toMatch(
    /target_session_attrs=standby asks for/,
  )
})
