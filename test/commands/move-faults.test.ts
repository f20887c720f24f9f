import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linesOf } from '../../src/commands/move/lines.ts'
import { parseLine } from '../../src/commands/move/parse.ts'
import { Header, MovedRecord } from '../../src/commands/move/records.ts'
import { exported, gatepost, imported, refusedImport } from '../support/gatepost.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'

const time = '2024-11-21T09:30:00.123Z'
const author_id = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e'
const unknownUser = '019a9f6e-0000-7b64-9d3e-1f2a3b4c5d6e'
const text = { title: 'Hello', body: 'World', tags: ['a'] }
const times = { created_at: time, updated_at: time }

const records = {
  gatepost: {
    kind: 'gatepost',
    format: 1,
    ...{ users: 1, posts: 1, revisions: 1, comments: 1 },
    ...{ last_post_id: 1, last_comment_id: 1 },
  },
  user: {
    ...{ kind: 'user', id: author_id, username: 'ada', email: 'ada@example.com', role: 'user' },
    ...{ disabled_at: null, version: 1, ...times },
  },
  post: {
    kind: 'post',
    id: 1,
    author_id,
    ...text,
    status: 'published',
    version: 2,
    ...times,
    published_at: time,
  },
  revision: {
    ...{ kind: 'revision', post_id: 1, number: 1, ...text, status: 'draft' },
    ...{ written_at: time, replaced_at: time, replaced_by: null },
  },
  comment: { kind: 'comment', id: 1, post_id: 1, author_id, body: 'Hm.', version: 1, ...times },
  end: { kind: 'end' },
}
type Kind = keyof typeof records

/** An export in which one record is changed. */
const exportWith = (changed?: Kind, change?: object) =>
  Object.entries(records)
    .map(([kind, record]) => `${JSON.stringify(kind === changed ? { ...record, ...change } : record)}\n`)
    .join('')
const validExport = exportWith()

const root = mkdtempSync(join(tmpdir(), 'gatepost-move-'))
const newFile = (content: string | Uint8Array) => {
  const file = join(root, `${randomUUID()}.jsonl`)
  writeFileSync(file, content)
  return file
}

let postgres: TestPostgres
let place: Record<string, string>

beforeAll(async () => {
  postgres = await sharePostgres()
  place = { DATABASE_URL: postgres.url }
  await imported(place, newFile(validExport))
})

afterAll(async () => {
  await postgres?.stop()
  rmSync(root, { recursive: true, force: true })
})

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('lines of an export', () => {
  test.each<[Kind, object, string]>([
    ['gatepost', { format: 2 }, 'format: Is a format that this version of Gatepost does not know'],
    ['gatepost', { kind: 'ghost' }, 'kind: Is not the first line of an export'],
    ['post', { title: '' }, 'title: Must'],
    ['post', { tags: ['ok', 5] }, 'tags.1: Must be text in quotes.'],
    ['post', { body: 'NUL \0' }, 'body: Must not contain the character NUL.'],
    ['post', { body: '\ud800' }, 'body: Must be well-formed Unicode'],
    ['post', { published_at: null }, 'published_at: Must be a time'],
    ['post', { id: 0 }, 'id: Must be at least 0.'],
    ['post', { secret: 1 }, 'Has fields that are not known, "secret": remove them.'],
    ['post', { created_at: '2001-02-30T00:00:00Z' }, 'created_at: Must be a time such as'],
    ['comment', { kind: 'session' }, 'kind: Must be an object whose kind is user, post'],
    ['user', { role: 'root' }, 'role: Must be user or admin.'],
    ['user', { password_hash: 'plain' }, 'password_hash: Must be a bcrypt hash'],
  ])('A line with an error is reported with the field: %s %j', (kind, change, reason) => {
    const schema = kind === 'gatepost' ? Header : MovedRecord
    const parse = (value: object) => parseLine<unknown>(schema, { number: 5, text: JSON.stringify(value) })
    expect(parse(records[kind])).toEqual(records[kind])
    expect(() => parse({ ...records[kind], ...change })).toThrow(`line 5: ${reason}`)
  })

  test('Lines are counted correctly wherever the stream is split', async () => {
    const bytes = Buffer.from('\ufeff가\r\n\n나\u2028다\n\n\n라')
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
      }
      expect(await all(linesOf(chunks()))).toEqual([
        { number: 1, text: '가\r' },
        { number: 3, text: '나\u2028다' },
        { number: 6, text: '라' },
      ])
    }
  })

  test('A line without an end does not fill the memory', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 'x')
    }
    await expect(all(linesOf(endless()))).rejects.toThrow('line 1: Is too long')
  })
})

describe('imports', () => {
  test.each<[Kind, object, string]>([
    ['post', { author_id: unknownUser, id: 2 }, 'line 3: author_id: There is no such user'],
    ['post', { created_at: '2001-01-01T00:00:00Z' }, 'line 3: id: This database has another post with it.'],
    ['revision', { post_id: 4711 }, 'line 4: post_id: There is no such post'],
    ['comment', { post_id: 4711, id: 2 }, 'line 5: post_id: There is no such post'],
    [
      'comment',
      { created_at: '2001-01-01T00:00:00Z' },
      'line 5: id: This database has another comment with it.',
    ],
    ['user', { id: unknownUser }, 'line 2: username: Belongs to another account'],
    ['user', { id: unknownUser, username: 'other' }, 'line 2: email: Belongs to another account'],
    ['user', { created_at: '0000-01-01T00:00:00Z' }, 'line 2: created_at: Must be a time such as'],
    ['post', { updated_at: '2999-01-01T00:00:00Z' }, 'line 3: updated_at: Must not be in the future.'],
  ])('An import names the line that the database refuses: %s %j', async (kind, change, reason) => {
    expect(await refusedImport(place, newFile(exportWith(kind, change)))).toMatch(
      new RegExp(`^${RegExp.escape(reason)}`, 'm'),
    )
    expect(await exported(place)).toBe(validExport)
  })

  test.each([
    ['a line that is cut off', validExport.slice(0, -30), /^line 5: Is not JSON\.$/m],
    [
      'a file that ends early',
      validExport.slice(0, -'{"kind":"end"}\n'.length),
      /^line 5: Is the last, but not the end/,
    ],
    [
      'a line with a key twice',
      validExport.replace('"kind":"post",', '"kind":"post","title":"Another",'),
      /^line 3: Has the key \/title twice\.$/m,
    ],
    ['two files in one', validExport + validExport, /^line 7: Comes after the end of the export\.$/m],
    ['an empty file', '', /^line 1: Must be an object/],
    ['another file', 'id,title\n1,Hello\n', /^line 1: Is not JSON\.$/m],
    ['what is not UTF-8', Buffer.from([0x7b, 0xff, 0x0a]), /^line 1: Is not UTF-8\.$/m],
  ])('An import of %s is refused with a reason', async (_what, content, reason) => {
    expect(await refusedImport(place, newFile(content))).toMatch(reason)
  })

  test('An import reports all errors at once, and stores the valid records only on request', async () => {
    const other = { DATABASE_URL: await postgres.createDatabase() }
    const lines = validExport.trimEnd().split('\n')
    const bad = [
      ...lines.slice(0, 3),
      JSON.stringify({ ...records.post, id: 2, title: '', status: 'secret' }),
      JSON.stringify({ ...records.revision, post_id: 2 }),
      '{"kind": "comment"',
      JSON.stringify({ ...records.comment, id: 2, author_id: unknownUser }),
      JSON.stringify({ ...records.post, title: 'Another under the same id' }),
      ...lines.slice(3),
    ]
    const file = newFile(bad.join('\n'))
    expect((await refusedImport(other, file)).trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^line 4: title: Must/),
      expect.stringMatching(/^line 4: status: Must be draft or published\.$/),
      'line 6: Is not JSON.',
      'line 8: id: Another line above has the same.',
      'line 7: author_id: There is no such user in this database or above.',
      expect.stringMatching(/^Nothing was imported\. .*--skip-invalid\.$/),
    ])
    const empty = (await exported(other)).trimEnd().split('\n')
    expect(empty).toHaveLength(2) // the header and the end

    const { code, stderr } = await gatepost(['import', file, '--skip-invalid'], other)
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^line 4: title: Must.*This was left out\.$/ms)])
    expect(await exported(other)).toBe(validExport)
  })

  test('An import of a missing file, or with a needless author, is refused with a reason', async () => {
    expect(await refusedImport(place, '/no/such/file')).toMatch(/^Cannot read .* \(ENOENT\)/)
    expect(await refusedImport(place, newFile(validExport), '--author', 'ada')).toMatch(
      /^--author is for folders/,
    )
  })

  test('An import reads files of Windows editors, also from a pipe', async () => {
    const windows = `\ufeff${validExport.replaceAll('\n', '\r\n\r\n')}`
    const { code, stderr } = await gatepost(['import', '-'], place, windows)
    expect([code, stderr]).toEqual([0, ''])
    expect(await exported(place)).toBe(validExport)
  })
})
