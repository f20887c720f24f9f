import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exported, gatepost, imported, startCommand } from '../support/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'

type Place = Record<string, string>

const root = mkdtempSync(join(tmpdir(), 'gatepost-move-'))
let postgres: TestPostgres
let folders = 0

const newFile = (content: string) => {
  const file = join(root, `${folders++}.jsonl`)
  writeFileSync(file, content)
  return file
}

/** An empty embedded database. Creating one takes seconds; each test copies it instead. */
const emptyData = join(root, 'empty')

/** Settings of an empty database. */
const places: Record<string, () => Promise<Place>> = {
  'the embedded database': async () => {
    const DATA_DIR = join(root, `data-${folders++}`)
    cpSync(emptyData, DATA_DIR, { recursive: true })
    return { DATA_DIR }
  },
  'a PostgreSQL server': () => server(),
}
const server = async () => ({ DATABASE_URL: await postgres.createDatabase() })

const recordsOf = (text: string): any[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Sends a request to a server. */
async function call(
  url: string,
  method: string,
  path: string,
  { token, json }: { token?: string; json?: unknown } = {},
) {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token && { authorization: token }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : undefined }
}

const password = 'correct horse battery'
const logIn = (url: string, username: string, word = password) =>
  call(url, 'POST', '/auth/token', { json: { username, password: word } })

/** Texts that files, JSON, SQL and terminals often damage. */
const bodies = [
  '안녕하세요, 세계. 학교에서',
  'emoji 👩‍👩‍👧‍👦🏳️‍🌈, عربى, "quotes", \'single\', \\backslash\\, \t tab, {"json": [1]}, NULL, \\u0000',
  'lines\nand\r\nlines\u2028and\u2029more\rof\tthem\n',
]

let source: Place
let plain: string
let withHashes: string

/** Writes every kind of data that an export contains, through the API of a real server. */
async function writeSource(url: string) {
  const person = async (username: string) => {
    const account = { username, email: `${username}@example.com`, password }
    const { body } = await call(url, 'POST', '/users', { json: account })
    return { token: body.access_token, id: body.user.id }
  }
  const [ada, grace, gone] = [await person('ada'), await person('grace'), await person('gone')]
  const post = async (token: string, json: object) =>
    (await call(url, 'POST', '/posts', { token, json })).body.id
  for (const body of bodies) {
    const id = await post(ada.token, {
      title: `${body.slice(0, 20).replaceAll(/\s/g, ' ')} ’`,
      body,
      tags: ['새소식', 'a "b"', 'c,d{}'],
    })
    await call(url, 'PATCH', `/posts/${id}`, { token: ada.token, json: { body: `${body}!`, tags: [] } })
    await call(url, 'PATCH', `/posts/${id}`, { token: ada.token, json: { body, status: 'draft' } })
    await call(url, 'POST', `/posts/${id}/comments`, { token: ada.token, json: { body } })
  }
  const draft = await post(ada.token, { title: 'Only mine', body: 'A draft.', status: 'draft' })
  const open = await post(grace.token, { title: 'Open', body: 'x'.repeat(100_000) })
  await call(url, 'POST', `/posts/${open}/comments`, { token: gone.token, json: { body: '좋아요 👍' } })
  await call(url, 'POST', `/posts/${open}/comments`, { token: ada.token, json: { body: bodies[2] } })
  const last = await post(grace.token, { title: 'Last', body: 'Soon deleted.' })
  await call(url, 'DELETE', `/posts/${last}`, { token: grace.token })
  const admin = (await logIn(url, rootAdmin.username, rootAdmin.password)).body.access_token
  await call(url, 'PATCH', `/users/${gone.id}`, { token: admin, json: { disabled: true } })
  return { draft, open, last }
}

let written: Awaited<ReturnType<typeof writeSource>>

beforeAll(async () => {
  postgres = await startPostgres()
  await gatepost(['migrate'], { DATA_DIR: emptyData })
  source = { DATA_DIR: join(root, 'source') }
  const running = await startServer(source)
  written = await writeSource(running.url)
  await running.stop()
  plain = await exported(source)
  withHashes = await exported(source, '--with-password-hashes')
})

afterAll(async () => {
  await postgres?.stop()
  rmSync(root, { recursive: true, force: true })
})

describe('exports', () => {
  test('An export is complete: drafts, revisions, comments, disabled accounts', () => {
    const [header, ...records] = recordsOf(plain)
    const ofKind = (kind: string) => records.filter((record) => record.kind === kind)
    expect(header).toEqual({
      kind: 'gatepost',
      format: 1,
      users: 4,
      posts: 5,
      revisions: 6,
      comments: 5,
      last_post_id: written.last,
      last_comment_id: 5,
    })
    expect(ofKind('user').map((user) => user.username)).toEqual([rootAdmin.username, 'ada', 'grace', 'gone'])
    expect(ofKind('user').filter((user) => user.disabled_at !== null)).toHaveLength(1)
    expect(
      ofKind('post')
        .slice(0, 3)
        .map((post) => [post.status, post.body]),
    ).toEqual(bodies.map((body) => ['draft', body]))
    expect(ofKind('post').find((post) => post.id === written.draft)).toMatchObject({
      status: 'draft',
      published_at: null,
    })
    expect(ofKind('revision').map((revision) => revision.number)).toEqual([1, 2, 1, 2, 1, 2])
    expect(ofKind('comment').map((comment) => comment.body)).toEqual([...bodies, '좋아요 👍', bodies[2]])
    expect(records.at(-1)).toEqual({ kind: 'end' })
  })

  test('An export contains password hashes only on request', () => {
    expect(plain).not.toContain('password')
    expect(plain).not.toContain('$2')
    expect(withHashes.match(/"password_hash":"\$2b\$04\$/g)).toHaveLength(4)
  })

  test('An export to a file is readable only by its owner, and replaces an older one when it is complete', async () => {
    const file = newFile('older')
    const { code, stdout } = await gatepost(['export', '--output', file], source)
    expect([code, stdout]).toEqual([0, `Wrote 20 users, posts, revisions and comments to ${file}.\n`])
    expect(readFileSync(file, 'utf8')).toBe(plain)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('An export that is cut off, or into a missing folder, ends with one sentence', async () => {
    const { child, finished } = startCommand(['export'], source)
    child.stdout.destroy()
    expect((await finished).stderr).toContain('The export was not read to its end: it is not complete.\n')
    expect((await finished).code).toBe(1)
    const nowhere = await gatepost(['export', '--output', join(root, 'no/such/file')], source)
    expect(nowhere.stderr).toMatch(/^Cannot write the export to .*\(ENOENT\): check the folder.*$/m)
  })

  test('An export of a database in use names the process that uses it', async () => {
    const place = await places['the embedded database']?.()
    await using running = await startServer(place)
    const { code, stderr } = await gatepost(['export'], place ?? {})
    expect([code, stderr]).toEqual([1, expect.stringContaining(String(running.pid))])
  })
})

describe.each(Object.entries(places))('imports into %s', { timeout: 60_000 }, (_name, newPlace) => {
  test('An import gives an equal export, also if it runs twice', async () => {
    const place = await newPlace()
    await imported(place, newFile(withHashes))
    expect(await exported(place, '--with-password-hashes')).toBe(withHashes)
    await imported(place, newFile(withHashes))
    expect(await exported(place, '--with-password-hashes')).toBe(withHashes)
    expect(await exported(place)).toBe(plain)
  })

  test('After an import with hashes people can log in, and new posts have new ids', async () => {
    const place = await newPlace()
    await imported(place, newFile(withHashes))
    await using running = await startServer(place)
    const { url } = running
    const { status, body } = await logIn(url, 'ada')
    expect(status).toBe(200)
    expect((await logIn(url, 'gone')).status).toBe(401)
    const token = body.access_token
    const created = await call(url, 'POST', '/posts', { token, json: { title: 'New', body: 'New.' } })
    expect(created.body.id).toBe(written.last + 1)
    const open = await call(url, 'GET', `/posts/${written.open}`, { token })
    expect(open.body).toMatchObject({ comment_count: 2, author: { username: 'grace' } })
    const other = (await logIn(url, 'grace')).body.access_token
    expect((await call(url, 'GET', `/posts/${written.draft}`, { token: other })).status).toBe(404)
    expect((await call(url, 'GET', `/posts/${written.draft}`, { token })).status).toBe(200)
    const changed = await call(url, 'PATCH', '/posts/1', { token, json: { title: 'Another' } })
    expect(changed.status).toBe(200)
    const revisions = await call(url, 'GET', '/posts/1/revisions', { token })
    expect(revisions.body.items.map((revision: any) => revision.number)).toEqual([3, 2, 1])
  })

  test('After an import without hashes nobody can log in before a password is set', async () => {
    const place = await newPlace()
    await imported(place, newFile(plain))
    const set = await gatepost(['user', 'set-password', 'grace'], place, 'another horse battery\n')
    expect(set.stdout).toBe('grace has a new password.\n')
    expect(await exported(place)).not.toBe(plain) // grace has another version
    await using running = await startServer(place)
    expect((await logIn(running.url, 'ada')).status).toBe(401)
    expect((await logIn(running.url, 'grace', 'another horse battery')).status).toBe(200)
  })

  test('An import that is killed can be repeated', async () => {
    const whole = bigExport()
    const place = await newPlace()
    const { child, finished } = startCommand(['import', '-', '--skip-invalid'], place) // reads the pipe only once
    // A pipe buffers little: once it has accepted 4 MB, several batches of 1 MB are stored.
    const taken = Promise.withResolvers<void>()
    child.stdin.write(whole.slice(0, 4_000_000), () => taken.resolve())
    await taken.promise
    child.kill('SIGKILL')
    expect((await finished).code).toBeNull()
    const partial = recordsOf(await exported(place))
    expect(partial.length).toBeGreaterThan(500)
    expect(partial.length).toBeLessThan(recordsOf(whole).length - 500)
    await imported(place, newFile(whole))
    expect(await exported(place)).toBe(whole)
  })
})

/** An export of about 6 MB. */
function bigExport(): string {
  const time = '2024-11-21T09:30:00.123Z'
  const times = { created_at: time, updated_at: time }
  const author_id = randomUUID()
  const user = { kind: 'user', id: author_id, username: 'big', email: 'big@example.com', role: 'user' }
  const records: object[] = [{ ...user, disabled_at: null, version: 1, ...times }]
  const count = 3000
  for (let id = 1; id <= count; id++) {
    const post = { kind: 'post', id, author_id, title: `Post ${id}`, body: `${id} `.repeat(300), tags: ['a'] }
    records.push({ ...post, status: 'published', version: 1, ...times, published_at: time })
  }
  for (let id = 1; id <= count; id++) {
    records.push({ kind: 'comment', id, post_id: (id % 7) + 1, author_id, body: '네', version: 1, ...times })
  }
  const header = { kind: 'gatepost', format: 1, users: 1, posts: count, revisions: 0, comments: count }
  return [{ ...header, last_post_id: count, last_comment_id: count }, ...records, { kind: 'end' }]
    .map((record) => `${JSON.stringify(record)}\n`)
    .join('')
}
