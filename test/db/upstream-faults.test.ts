import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core'
import { parsePgArray } from 'drizzle-orm/pg-core/utils'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type Options } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseArray } from '../../src/db/postgres/arrays.ts'
import { toParameters } from '../../src/db/postgres/parameters.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'

// Each fault in src/db/postgres/FAULTS.md, reproduced with the dependency itself. If a test here fails, the
// dependency has fixed the fault: delete the workaround and its line in FAULTS.md.

let server: TestPostgres
beforeAll(async () => {
  server = await sharePostgres()
}, 30_000)
afterAll(() => server?.stop())

/** A server that closes every connection at once, and counts them. */
async function closingServer() {
  let count = 0
  const listener: Server = createServer((socket) => {
    count++
    socket.destroy()
  }).listen(0)
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  return { port, count: () => count, [Symbol.dispose]: () => listener.close() }
}

/** The options that postgres.js reads from a URL. It would only connect with the first query. */
const optionsOf = (url: string) => postgres(url).options as unknown as Record<string, unknown>

test('FAULTS 1: postgres.js sends unknown parameters of the URL to the server', () => {
  expect(optionsOf('postgres://localhost/x?reaping_frequency=10').connection).toMatchObject({
    reaping_frequency: '10',
  })
})

test('FAULTS 2: postgres.js does not decode the name of the database', () => {
  expect(optionsOf('postgres://localhost/with%20blank').database).toBe('with%20blank')
})

test('FAULTS 3: postgres.js keeps the brackets of an IPv6 address, and cuts it at its first colon', () => {
  expect(optionsOf('postgres://[::1]:5432/x').host).not.toContain('::1')
})

test('FAULTS 4: postgres.js throws for target_session_attrs=any', () => {
  expect(() => postgres('postgres://localhost/x?target_session_attrs=any')).toThrow('any is not supported')
})

test('FAULTS 5: with several unreachable hosts, a query of postgres.js is never rejected', async () => {
  using away = await closingServer()
  const several = postgres({
    host: ['127.0.0.1', '127.0.0.1'],
    port: [away.port, away.port],
    connect_timeout: 1,
    backoff: false,
  } as never)
  const settled = Promise.resolve(several`select 1`).then(
    () => 'there',
    () => 'rejected',
  )
  expect(await Promise.race([settled, wait(1500, 'waiting')])).toBe('waiting')
  await several.end({ timeout: 0 })
})

test('FAULTS 6: postgres.js continues the handshake with a server without TLS', async () => {
  const received: (Buffer | string)[] = []
  const plain = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      received.push(data)
      if (received.length === 1) socket.write('N')
      else socket.destroy()
    })
  }).listen(0)
  await once(plain, 'listening')
  const { port } = plain.address() as { port: number }
  const client = postgres({ host: '127.0.0.1', port, ssl: 'require', connect_timeout: 2 })
  await client`select 1`.catch(() => {})
  plain.close()
  await client.end({ timeout: 0 })
  expect(received[1]?.at(0)).toBe(0x16) // a ClientHello, although the server has refused TLS
})

test('FAULTS 7: postgres.js reconnects at once and without end to a server that closes connections', async () => {
  using away = await closingServer()
  const client = postgres({ host: '127.0.0.1', port: away.port, max: 1, connect_timeout: 30 })
  const query = client`select 1`.catch(() => {})
  await expect.poll(away.count, { timeout: 10_000 }).toBeGreaterThan(20)
  await client.end({ timeout: 0 })
  await query
})

test('FAULTS 8: the types of postgres.js do not allow lists of hosts and ports', () => {
  // @ts-expect-error `npm run typecheck` fails here when they do
  const options: Options<Record<string, never>> = { host: ['one'], port: [1] }
  expect(postgres(options).options.host).toEqual(['one'])
})

test('FAULTS 9: after a lost connection, postgres.js rejects a good query with the error of that connection', async () => {
  const client = postgres(server.url, { max: 1 })
  await client`select 1`
  const lost = ['select pg_terminate_backend(pg_backend_pid())', 'select 2'].map((text) =>
    client.unsafe(text),
  )
  await Promise.allSettled(lost)
  await expect(client.unsafe('select 3')).rejects.toMatchObject({ code: '57P01' })
  await client.end({ timeout: 0 })
})

test('FAULTS 9: a query of postgres.js has the fields that connection.ts reads', async () => {
  const client = postgres(server.url, { max: 1 })
  const query = client.unsafe('select 1 as one')
  expect(query).toMatchObject({ state: null, active: false, canceller: expect.any(Function) })
  expect(query).toHaveProperty('resolve', expect.any(Function))
  expect(query).toHaveProperty('reject', expect.any(Function))
  await query
  expect(query).toMatchObject({ state: expect.any(Object) })
  await client.end()
})

test('FAULTS 10: one parameter that postgres.js cannot send leaves all queries of its connection without a result', async () => {
  const client = postgres(server.url, { max: 1 })
  await client`select 1`
  const send = (text: string, ...values: unknown[]) =>
    client.unsafe(text, values as never[], { prepare: true })
  const queries = [send('select 1'), send('select $1::text', undefined), send('select 3')]
  const settled = Promise.allSettled(queries).then(() => 'settled')
  expect(await Promise.race([settled, wait(1000, 'waiting')])).toBe('waiting')
  await client.end({ timeout: 0 })
  expect(() => toParameters([undefined])).toThrow('A query parameter cannot be undefined.')
})

test('FAULTS 11: Drizzle loses the backslashes of arrays', () => {
  expect(parsePgArray('{"a\\\\b"}')).toEqual(['ab'])
  expect(parseArray('{"a\\\\b"}')).toEqual(['a\\b'])
})

test('FAULTS 12: Drizzle replaces the parsers of the client that it is given', () => {
  const client = postgres(server.url)
  const before = client.options.parsers[1184]
  drizzle({ client })
  expect(client.options.parsers[1184]).not.toBe(before)
})

const things = pgTable('things', { id: integer().primaryKey(), at: timestamp() })

test('FAULTS 13: the types of Drizzle do not allow a constant limit', () => {
  const db = drizzle({ client: postgres(server.url) })
  // @ts-expect-error `npm run typecheck` fails here when they do
  expect(db.select().from(things).limit(sql.raw('3')).toSQL()).toMatchObject({ params: [] })
  expect(db.select().from(things).limit(3).toSQL().params).toEqual([3])
})

test('Each fault of FAULTS.md has a test with its number, and names existing files', () => {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
  const rows = [...read('../../src/db/postgres/FAULTS.md').matchAll(/^\| (\d+) \|(.*)$/gm)]
  const tested = [...read('upstream-faults.test.ts').matchAll(/^test\('FAULTS (\d+):/gm)].map(([, n]) => n)
  expect(rows.map(([, n]) => n)).toEqual([...new Set(tested)])
  for (const [, , row = ''] of rows) {
    const files = [...row.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) expect(read(`../../src/db/${file}`).length).toBeGreaterThan(0)
  }
})
