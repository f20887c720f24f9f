import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DataFolderError, openEmbedded } from '../../src/db/embedded/embedded.ts'
import { DatabaseTimeoutError, isDatabaseUnavailable, violatedConstraint } from '../../src/db/errors.ts'
import { migrate } from '../../src/db/migrate.ts'
import { echo } from './fixtures/queries.ts'

const notes = pgTable('notes', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  text: text('text').notNull(),
})

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'gatepost-embedded-'))
const template = join(root, 'template')
const opened: { close(): Promise<void> }[] = []
const children: ChildProcess[] = []
let folders = 0

/** A folder with a migrated database, which only one test uses; or a path without a folder. */
function newFolder({ isEmpty = false } = {}) {
  const folder = join(root, String(folders++))
  if (!isEmpty) cpSync(template, folder, { recursive: true })
  return folder
}

async function open(folder: string, timeout = 2000) {
  const handle = await openEmbedded({ folder, timeout })
  opened.push(handle)
  return handle
}

/** Starts test/db/fixtures/embedded-process.ts. */
function start(folder: string, what: string) {
  const child = spawn(process.execPath, [join(fixtures, 'embedded-process.ts'), folder, what])
  children.push(child)
  const output = { text: '', errors: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.text += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.errors += chunk
  })
  const closed = once(child, 'close')
  return { child, output, closed }
}

const failure = (work: PromiseLike<unknown>) =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )

const refusal = async (folder: string) => {
  const error = await failure(open(folder))
  expect(error).toBeInstanceOf(DataFolderError)
  return String((error as Error).message)
}

beforeAll(async () => {
  const handle = await open(template)
  await migrate({ handle }, join(fixtures, 'migrations'))
  await handle.close()
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(opened.splice(0).map((handle) => handle.close()))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('openEmbedded', () => {
  test('A new folder is readable only by its user, and its path is reported', async () => {
    expect(statSync(template).mode & 0o777).toBe(0o700)
    expect(readdirSync(template).sort()).toEqual(['postgres', 'postgres.lock'])
    const handle = await open(template)
    expect([handle.kind, existsSync(join(handle.description, 'postgres'))]).toEqual(['embedded', true])
  })

  test('Rows are stored, and searches use trigrams', async () => {
    const folder = template
    const first = await open(folder)
    await first.connect('write').insert(notes).values({ text: 'Ein Wörterbuch' })
    await first.close()
    const db = (await open(folder)).connect('write')
    expect(
      await db.select({ text: notes.text }).from(notes).where(sql`${notes.text} % 'wörterbuch'`),
    ).toEqual([{ text: 'Ein Wörterbuch' }])
  })

  test('Arrays are parsed like those of PostgreSQL', async () => {
    const words = ['plain', 'with "quotes", commas', 'back\\slash', '{}', 'NULL', 'new\nline', '']
    const db = (await open(template)).connect('write')
    expect(await db.execute(sql`SELECT ${sql.param(words)}::text[] AS words`)).toMatchObject({
      rows: [{ words }],
    })
  })

  test('The embedded database prints nothing, and does not change the exit code', async () => {
    const { child, output, closed } = start(template, 'close')
    await closed
    expect([output.text, output.errors, child.exitCode]).toEqual(['', '', 0])
  })

  test('SIGTERM is left to the handlers of the program', async () => {
    const { child, output, closed } = start(template, 'hold')
    await expect.poll(() => output.text, { timeout: 20_000 }).toBe('open\n')
    child.kill('SIGTERM')
    await closed
    expect(child.signalCode).toBe('SIGTERM')
  })

  test('The handle can be closed twice, and queries fail afterwards', async () => {
    const handle = await open(template)
    await handle.close()
    await handle.close()
    expect(isDatabaseUnavailable(await failure(echo(handle.connect('write'), 1)))).toBe(true)
  })

  test('Closing waits for the queries that are queued', async () => {
    const handle = await open(template)
    const responses = Promise.all([1, 2, 3].map((value) => echo(handle.connect('write'), value)))
    await handle.close()
    expect(await responses).toEqual([1, 2, 3])
  })

  test('An error names the constraint that a write violates', async () => {
    const db = (await open(template)).connect('write')
    await db.insert(notes).values({ text: 'once' })
    expect(violatedConstraint(await failure(db.insert(notes).values({ text: 'once' })))).toBe(
      'notes_text_unique',
    )
  })

  test('Interactive transactions are refused', async () => {
    const db = (await open(template)).connect('write')
    await expect(db.transaction(async () => {})).rejects.toThrow('one statement')
  })

  test('A query whose deadline passes while it waits is not executed', async () => {
    const db = (await open(template, 100)).connect('write')
    const slow = failure(db.execute(sql`SELECT sum(length(md5(i::text))) FROM generate_series(1, 1000000) i`))
    const error = await failure(db.insert(notes).values({ text: 'too late' }))
    await slow
    expect((error as Error).cause).toBeInstanceOf(DatabaseTimeoutError)
    expect(await db.$count(notes, sql`text = 'too late'`)).toBe(0)
  })

  test('Other work of this thread runs between many queries', async () => {
    const db = (await open(template, 10_000)).connect('write')
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await Promise.all(Array.from({ length: 500 }, (_, i) => echo(db, i)))
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(3)
  })
})

describe('the data folder', () => {
  test('A folder belongs to one handle at a time', async () => {
    const folder = template
    const handle = await open(folder)
    expect(await refusal(folder)).toMatch(
      `${folder} is in use by another Gatepost (process ${process.pid}). Stop it`,
    )
    await handle.close()
    expect(await echo((await open(folder)).connect('write'), 1)).toBe(1)
  })

  test('A folder belongs to one process at a time, and is free after that process is killed', async () => {
    const folder = template
    const { child, output, closed } = start(folder, 'hold')
    await expect.poll(() => output.text, { timeout: 20_000 }).toBe('open\n')
    expect(await refusal(folder)).toMatch(`in use by another Gatepost (process ${child.pid})`)
    child.kill('SIGKILL')
    await closed
    expect(await echo((await open(folder)).connect('write'), 1)).toBe(1)
  })

  test('kill -9 loses no acknowledged row', async () => {
    const folder = newFolder()
    for (const rows of [60, 200]) {
      const { child, output, closed } = start(folder, 'write')
      await expect
        .poll(() => output.text.split('\n').length, { timeout: 30_000, interval: 5 })
        .toBeGreaterThan(rows)
      child.kill('SIGKILL')
      await closed
      const acknowledged = output.text.split('\n').filter(Boolean).map(Number)
      const handle = await open(folder)
      const result = await handle.script(`SELECT n FROM rounds ORDER BY n`)
      await handle.close()
      const kept = new Set(result.map((row) => Number(row.n)))
      expect(acknowledged.filter((n) => !kept.has(n))).toEqual([])
      expect(acknowledged.length).toBeGreaterThanOrEqual(rows)
    }
  }, 60_000)

  test('A folder is complete even if a process was killed while creating it', async () => {
    const folder = newFolder({ isEmpty: true })
    const { child, closed } = start(folder, 'close')
    const partialFolder = join(folder, 'postgres.new')
    await expect
      .poll(() => existsSync(partialFolder) && readdirSync(partialFolder).length > 5, {
        timeout: 40_000,
        interval: 1,
      })
      .toBe(true)
    child.kill('SIGKILL')
    await closed
    expect(existsSync(join(folder, 'postgres'))).toBe(false)
    expect(await echo((await open(folder)).connect('write'), 1)).toBe(1)
    expect(existsSync(partialFolder)).toBe(false)
  }, 60_000)

  test.each([
    ['is a file', () => join(root, 'file'), 'EEXIST'],
    ['lies under a file', () => join(root, 'file', 'data'), 'EEXIST'],
    [
      'is nowhere',
      () => (existsSync('/proc/self') ? '/proc/gatepost/data' : '/dev/null/data'),
      '(ENOENT|EEXIST)',
    ],
  ])('A folder that %s is refused in one sentence', async (_, path, code) => {
    writeFileSync(join(root, 'file'), '')
    expect(await refusal(path())).toMatch(
      new RegExp(`^The data folder ${path()} cannot be used \\(${code}.*\\)\\. Make it`),
    )
  })

  test.each([
    [
      'of another PostgreSQL',
      'PG_VERSION',
      '17\n',
      /was made by PostgreSQL 17 and this Gatepost has PostgreSQL 18/,
    ],
    [
      'without its control file',
      'global/pg_control',
      undefined,
      /is damaged \(could not open file "global\/pg_control".*backup/,
    ],
    ['with an empty control file', 'global/pg_control', '', /is damaged .*backup/],
    ['without its configuration', 'postgresql.conf', undefined, /is damaged .*backup/],
    ['without its version', 'PG_VERSION', undefined, /is not a database .*backup/],
  ])('A folder %s is refused, and not locked', async (_, file, content, message) => {
    const folder = newFolder()
    const path = join(folder, 'postgres', file)
    if (content === undefined) rmSync(path)
    else writeFileSync(path, content)
    expect(await refusal(folder)).toMatch(message)
    expect(await refusal(folder)).toMatch(message)
  })

  test('The database works again after it had to stop because the disk was full', async () => {
    const folder = newFolder()
    const handle = await open(folder, 10_000)
    const db = handle.connect('write')
    await db.insert(notes).values({ text: 'before' })
    // Simulates a full disk: the database cannot create its next file.
    const log = join(folder, 'postgres', 'pg_wal')
    renameSync(log, `${log}.away`)
    const big = db.execute(
      sql`INSERT INTO notes (text) SELECT i || repeat(md5(i::text), 50) FROM generate_series(1, 30000) i`,
    )
    const lost = [big, ...[1, 2, 3].map((n) => db.insert(notes).values({ text: `lost ${n}` }))]
    expect((await Promise.all(lost.map(failure))).map(isDatabaseUnavailable)).toEqual([
      true,
      true,
      true,
      true,
    ])
    renameSync(`${log}.away`, log)
    await expect.poll(() => echo(db, 1).catch(String), { timeout: 15_000 }).toBe(1)
    await db.insert(notes).values({ text: 'after' })
    const rows = await db.select({ text: notes.text }).from(notes).orderBy(notes.id)
    expect(rows.map((row) => row.text)).toEqual(expect.arrayContaining(['before', 'after']))
  })
})
