import { setImmediate } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { DatabaseTimeoutError, isDatabaseUnavailable, violatedConstraint } from '../../src/db/errors.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { backends, duration, echo, rowsOf, sleep } from './fixtures/queries.ts'

let server: TestPostgres
const handles: DatabaseHandle[] = []

/** Opens a handle that is closed after the test. */
function open(options: { url?: string; connections?: number; timeout?: number } = {}) {
  const handle = openPostgres({ url: server.url, connections: 1, timeout: 2000, ...options })
  handles.push(handle)
  return handle
}

beforeAll(async () => {
  server = await sharePostgres()
}, 30_000)

afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.close()))
})

afterAll(() => server.stop())

const failure = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('openPostgres', () => {
  test('Queries are spread over the configured number of connections', async () => {
    expect(await backends(open({ connections: 3 }), 3)).toHaveLength(3)
  })

  test('A free connection is used while another one runs a slow query', async () => {
    const handle = open({ connections: 2 })
    await backends(handle, 2)
    const start = performance.now()
    const slow = sleep(handle.connect('write'), 0.8)
    await setImmediate() // reads of one tick share a connection
    const waits: number[] = []
    while (performance.now() - start < 100) waits.push(await duration(echo(handle.connect('write'), 1)))
    // This connection is overdue now, so several concurrent queries avoid it too.
    waits.push(
      ...(await Promise.all([1, 2, 3, 4].map((value) => duration(echo(handle.connect('write'), value))))),
    )
    expect(Math.max(...waits)).toBeLessThan(500)
    await slow
  })

  test('PostgreSQL prepares a named query once', async () => {
    const db = open().connect('write')
    for (const value of [1, 2, 3]) expect(await echo(db, value)).toBe(value)
    const rows = await db.execute(sql`SELECT statement FROM pg_prepared_statements WHERE NOT from_sql`)
    expect(rows).toHaveLength(1)
  })

  test('The server sees the application’s name, and the description of the address has no user', async () => {
    const handle = open()
    const [row] = (await handle
      .connect('write')
      .execute(sql`SELECT current_setting('application_name') AS name`)) as any
    expect(row.name).toBe('gatepost')
    const { host, pathname } = new URL(server.url)
    expect(handle.description).toBe(`${host}${pathname}`)
  })

  test('Parameters that only other clients know are accepted in an address', async () => {
    const url = new URL(server.url)
    url.search = '?channel_binding=prefer&pgbouncer=true&sslmode=disable'
    expect(await echo(open({ url: url.href }).connect('write'), 7)).toBe(7)
  })

  test.each([
    '',
    'hunter2',
    'mysql://me:hunter2@host/db',
    'postgres://me:hunter2?@host/db',
    'postgres:///hunter2',
  ])('The address "%s" is refused without repeating it', async (url) => {
    const error = await failure((async () => openPostgres({ url, connections: 1, timeout: 1 }))())
    expect(String(error)).toMatch(/must look like postgres:/)
    expect(Object.values(error as object)).not.toContain(url)
    expect(String(error)).not.toContain('hunter2')
  })

  test('Arrays, dates and numbers are sent and read unchanged', async () => {
    const words = ['plain', 'with "quotes", commas', 'back\\slash', '{}', 'NULL', 'new\nline', '']
    const rows = await open()
      .connect('write')
      .execute(sql`SELECT ${sql.param(words)}::text[] AS words, ARRAY[1, 2] AS numbers, ${5}::jsonb AS five,
        ${new Date(0)}::timestamptz = 'epoch' AS is_epoch, ${true}::boolean AS yes, ${sql.param({ a: [1] })}::jsonb AS json`)
    expect(rows).toEqual([{ words, numbers: [1, 2], five: 5, is_epoch: true, yes: true, json: { a: [1] } }])
  })

  test('Interactive transactions are refused', async () => {
    await expect(
      open()
        .connect('write')
        .transaction(async () => {}),
    ).rejects.toThrow('one statement')
  })

  test('The handle can be closed twice, and queries fail afterwards', async () => {
    const handle = open()
    await echo(handle.connect('write'), 1)
    await handle.close()
    await handle.close()
    expect(isDatabaseUnavailable(await failure(echo(handle.connect('write'), 2)))).toBe(true)
  })

  test('Closing waits for running queries, and leaves no connection', async () => {
    const url = await server.createDatabase()
    const handle = open({ url })
    const queries = Array.from({ length: 20 }, async (_, i) => {
      // Unprepared queries, so most of them wait in the client.
      const rows = await rowsOf<{ value: number }>(handle.connect('write'), sql`SELECT ${i}::int AS value`)
      return rows[0]?.value
    })
    await setImmediate() // they start when this thread is free
    await handle.close()
    expect(await Promise.all(queries)).toEqual(queries.map((_, i) => i))
    const connections = async () => {
      const others = sql`SELECT FROM pg_stat_activity WHERE datname = ${new URL(url).pathname.slice(1)}`
      return (await rowsOf(open().connect('write'), others)).length
    }
    await expect.poll(connections, { timeout: 5000 }).toBe(0)
  })
})

describe('the deadline of queries', () => {
  test('A slow query ends on time and on the server, and its connection stays usable', async () => {
    const handle = open({ timeout: 300 })
    const before = await backends(handle, 1)
    const slow = sleep(handle.connect('write'), 30)
    expect(await duration(slow)).toBeLessThan(600)
    expect((await failure(slow)) as any).toMatchObject({ cause: expect.any(DatabaseTimeoutError) })
    expect(isDatabaseUnavailable(await failure(slow))).toBe(true)
    await expect.poll(() => backends(handle, 1).catch(String)).toEqual(before)
  })

  test('The queries behind a slow query get their own rows', async () => {
    const handle = open({ timeout: 400 })
    const db = handle.connect('write')
    await Promise.all([echo(db, 0), sleep(db, 0)]) // prepared, so later calls are sent without waiting
    const late = [sleep(db, 30), echo(db, 1), echo(db, 2)].map(failure)
    await sleep(open().connect('write'), 0.1) // on another connection, so their deadlines are later
    const patient = [echo(db, 3), echo(db, 4), echo(db, 5)]
    expect((await Promise.all(late)).map(isDatabaseUnavailable)).toEqual([true, true, true])
    expect(await Promise.all(patient)).toEqual([3, 4, 5])
  })
})

describe('parameters that cannot be sent', () => {
  test.each([
    ['undefined', undefined],
    ['a symbol', Symbol('nothing')],
    [
      'an object that is its own part',
      (() => {
        const me: any = {}
        me.me = me
        return me
      })(),
    ],
  ])('A query fails alone if a parameter is %s', async (_, bad) => {
    const db = open().connect('write')
    await echo(db, 0)
    const neighbours = [echo(db, 1), failure(echo(db, bad as number)), echo(db, 2), echo(db, 3)] as const
    const [one, error, two, three] = await Promise.all(neighbours)
    expect([one, two, three]).toEqual([1, 2, 3])
    expect(error).toBeInstanceOf(Error)
    expect(isDatabaseUnavailable(error)).toBe(false)
  })
})

describe('errors of the database', () => {
  const things = pgTable('things', { name: text('name').primaryKey(), parent: text('parent') })

  beforeAll(async () => {
    const handle = openPostgres({ url: server.url, connections: 1, timeout: 5000 })
    await handle.connect('write').execute(sql`CREATE TABLE things (
      name text CONSTRAINT things_name_unique PRIMARY KEY CONSTRAINT things_name_short CHECK (length(name) < 9),
      parent text CONSTRAINT things_parent_known REFERENCES things)`)
    await handle.connect('write').insert(things).values({ name: 'first' })
    await handle.close()
  })

  test.each([
    ['a unique key', { name: 'first' }, 'things_name_unique'],
    ['a foreign key', { name: 'other', parent: 'nobody' }, 'things_parent_known'],
    ['a check', { name: 'much too long' }, 'things_name_short'],
  ])('An error of %s names its constraint', async (_, row, constraint) => {
    const error = await failure(open().connect('write').insert(things).values(row))
    expect(violatedConstraint(error)).toBe(constraint)
    expect(isDatabaseUnavailable(error)).toBe(false)
  })

  test('A syntax error is neither a constraint violation nor an unavailable database', async () => {
    const error = await failure(open().connect('write').execute(sql`SELECT nonsense`))
    expect([violatedConstraint(error), isDatabaseUnavailable(error)]).toEqual([undefined, false])
  })

  test.each([
    [
      'a wrong password',
      (url: URL) => {
        url.password = 'wrong'
      },
    ],
    [
      'a database that is not there',
      (url: URL) => {
        url.pathname = '/nowhere'
      },
    ],
    [
      'a server that is not there',
      (url: URL) => {
        url.port = '1'
      },
    ],
    [
      'a host that is not there',
      (url: URL) => {
        url.hostname = 'gatepost.invalid'
      },
    ],
    [
      'a server without TLS',
      (url: URL) => {
        url.search = '?sslmode=require'
      },
    ],
  ])('An error for %s means that the database is unavailable', async (_, change) => {
    const url = new URL(server.url)
    change(url)
    expect(isDatabaseUnavailable(await failure(echo(open({ url: url.href }).connect('write'), 1)))).toBe(true)
  })
})
