import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseMarkdown } from '../../src/commands/move/markdown.ts'
import { exported, gatepost, imported, refusedImport } from '../support/gatepost.ts'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

const root = mkdtempSync(join(tmpdir(), 'gatepost-markdown-'))
let folders = 0
let postgres: TestPostgres
let place: Record<string, string>

beforeAll(async () => {
  postgres = await startPostgres()
  place = { DATABASE_URL: postgres.url }
  for (const name of ['ada', 'grace']) {
    const args = ['user', 'create', '--username', name, '--email', `${name}@example.com`]
    expect((await gatepost(args, place, 'correct horse battery')).code).toBe(0)
  }
})

afterAll(async () => {
  await postgres?.stop()
  rmSync(root, { recursive: true, force: true })
})

const write = (files: Record<string, string>) => {
  const folder = join(root, String(folders++))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const posts = async (): Promise<any[]> =>
  (await exported(place))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'post')

describe('Markdown files', () => {
  test.each([
    [
      'a title of front matter',
      '---\ntitle: "A: b"\nslug: x\n---\n\n# Not me\n\nText\n',
      { title: 'A: b', body: '# Not me\n\nText' },
    ],
    ['a number for a title', '---\ntitle: 2026\n---\nText', { title: '2026' }],
    ['a heading', 'First.\n\n```sh\n# no\n```\n\n## The heading ##\n\n# Later', { title: 'The heading' }],
    ['an underlined heading', 'First.\n\nThe heading\n===\n', { title: 'The heading' }],
    [
      'nothing but text',
      'Text, with\r\nlines.\r\n',
      { title: 'a name', body: 'Text, with\nlines.', tags: [], date: '2023-05-06T00:00:00Z' },
    ],
    ['a rule', 'Text.\n---\nMore.', { body: 'Text.\n---\nMore.' }],
    ['a rule at the beginning', '---\nText.', { title: 'a name', body: '---\nText.' }],
    ['text between two rules', '---\n\nText.\n\n---\n\nMore.', { body: '---\n\nText.\n\n---\n\nMore.' }],
    [
      'text behind a rule',
      '---\nText: more\nof it.\n---\nEnd.',
      { body: '---\nText: more\nof it.\n---\nEnd.' },
    ],
    ['a list between rules', '---\n- one\n- two\n---\nEnd.', { body: '---\n- one\n- two\n---\nEnd.' }],
    [
      'a heading between rules',
      '---\n# Hello\n\nText [x]: y.\n\n---\nEnd.',
      { title: 'Hello', body: '---\n# Hello\n\nText [x]: y.\n\n---\nEnd.' },
    ],
    [
      'a quotation of a colon',
      '---\n\nNote: this.\n\n---\nEnd.',
      { body: '---\n\nNote: this.\n\n---\nEnd.' },
    ],
    ['a blank line before the title', '---\n\ntitle: A\n---\nText', { title: 'A', body: 'Text' }],
    ['a comment in front', '---\n# Made by X\nlayout: post\n---\nText', { title: 'a name', body: 'Text' }],
    ['capitals', '---\nTitle: A\nDraft: true\n---\nText', { title: 'A', status: 'draft' }],
    ['nothing between two rules', '---\n---\nText', { body: 'Text' }],
    ['plus signs', '+++\nText', { body: '+++\nText' }],
    ['a list of tags', '---\ntags: [새소식, 2026, 새소식]\n---\nText', { tags: ['새소식', '2026'] }],
    ['tags in a text', '---\ntags: one, two words\n---\nText', { tags: ['one', 'two words'] }],
    ['no status', 'Text', { status: 'published' }],
    ['draft', '---\ndraft: true\n---\nText', { status: 'draft' }],
    ['a status', '---\nstatus: draft\n---\nText', { status: 'draft' }],
    ["Jekyll's published", '---\npublished: false\n---\nText', { status: 'draft' }],
    ['a day', '---\ndate: 2024-02-29\n---\nText', { date: '2024-02-29T00:00:00Z' }],
    ['a time', '---\ndate: "2024-02-29T10:11:12.5Z"\n---\nText', { date: '2024-02-29T10:11:12.5Z' }],
    [
      "Jekyll's time",
      '---\ndate: 2024-02-29 10:11:12 +0900\n---\nText',
      { date: '2024-02-29T10:11:12+09:00' },
    ],
  ])('A file with %s is understood', (_what, content, expected) => {
    expect(parseMarkdown('sub/2023-05-06-a_name.md', content)).toMatchObject(expected)
  })

  test.each([
    ['a title that is too long', `---\ntitle: ${'x'.repeat(201)}\n---\nText`, 'title: Must have at most 200'],
    ['no text', '---\ntitle: Empty\n---\n\n', 'body: Must'],
    ['broken YAML', '---\ntitle: [\n---\nText', 'The front matter is not YAML: '],
    ['YAML that grows', `---\n${bomb()}---\nText`, 'The front matter refers to itself too often.'],
    ['TOML', '+++\ntitle = "Hugo"\n+++\nText', 'The front matter is TOML'],
    ['a day that is none', '---\ndate: 2024-02-30\n---\nText', 'date: Must be a date'],
    ['a status that is none', '---\nstatus: private\n---\nText', 'status: Must be draft or published.'],
    ['a word for yes', '---\ndraft: maybe\n---\nText', 'draft: Must be true or false.'],
    ['tags of its own kind', '---\ntags: {a: 1}\n---\nText', 'tags: Must be a list of words'],
    ['a day to come', `---\ndate: ${inDays(2).slice(0, 10)}\n---\nText`, 'date: Must not be in the future.'],
    ['a time to come', `---\ndate: ${inDays(0.01)}\n---\nText`, 'date: Must not be in the future.'],
    ['a year that databases do not have', '---\ndate: 0000-01-01\n---\nText', 'date: Must be a date'],
  ])('A file with %s is reported', (_what, content, reason) => {
    const { message } = refusalOf('sub/b.md', content)
    expect(message.replace(/^sub\/b\.md(, line \d+)?: /, '')).toMatch(new RegExp(`^${RegExp.escape(reason)}`))
    expect(message.split('\n')).toHaveLength(1)
  })

  test('A file with several errors is reported with all of them, each with its line and field', () => {
    const content = '---\ntitle: Hello\nstatus: private\ndraft: 3\ntags: [ok, {}]\ndate: 2999-01-01\n---\n \n'
    expect(refusalOf('a.md', content).message.split('\n').toSorted()).toEqual([
      expect.stringMatching(/^a\.md, line 3: status: Must be draft or published\.$/),
      expect.stringMatching(/^a\.md, line 4: draft: Must be true or false\.$/),
      expect.stringMatching(/^a\.md, line 5: tags: Must be a list of words/),
      expect.stringMatching(/^a\.md, line 6: date: Must not be in the future\./),
      expect.stringMatching(/^a\.md: body: Must/),
    ])
  })

  test('A file with a future date in its name is reported', () => {
    const { message } = refusalOf(`${inDays(2).slice(0, 10)}-hello.md`, 'Text')
    expect(message).toMatch(/-hello\.md: date: Must not be in the future\./)
  })
})

describe('folders of Markdown files', () => {
  test('A folder becomes posts of its author, only once', async () => {
    const folder = write({
      'a.md': '---\ntitle: Dated\ndate: 2024-02-29\ntags: [새소식]\n---\nText.',
      'b.md': '---\ndraft: true\n---\nA draft.',
      'sub/c.markdown': 'Deeper.',
      'sub/copy-of-c.markdown': '---\ntitle: c\n---\nDeeper.',
      '.obsidian/x.md': 'Not a post.',
      'image.png': 'Not a post.',
    })
    expect(await imported(place, folder, '--author', 'ada')).toBe(
      'Posts of ada: 3 imported, 1 there already.\n',
    )
    const [dated, draft, deeper] = await posts()
    const day = '2024-02-29T00:00:00.000Z'
    const times = { created_at: day, updated_at: day, published_at: day }
    expect(dated).toMatchObject({ title: 'Dated', tags: ['새소식'], status: 'published', ...times })
    expect(draft).toMatchObject({ title: 'b', status: 'draft', published_at: null })
    expect(deeper).toMatchObject({ title: 'c', body: 'Deeper.', published_at: deeper.created_at })

    await change(dated.id) // the imported version is a revision now
    writeFileSync(join(folder, 'd.md'), 'One more.')
    expect(await imported(place, folder, '--author', 'ada')).toBe(
      'Posts of ada: 1 imported, 4 there already.\n',
    )
    expect(await imported(place, folder, '--author', 'grace@example.com')).toBe(
      'Posts of grace@example.com: 4 imported, 1 there already.\n',
    )
  })

  test('A folder with an error can be imported once it is corrected', async () => {
    const many = Array.from({ length: 250 }, (_, i) => [`${String(i).padStart(3, '0')}.md`, `Many ${i}`])
    const folder = write({ ...Object.fromEntries(many), 'sub/z.md': '---\nstatus: private\n---\nMany' })
    const before = await posts()
    writeFileSync(join(folder, 'sub/y.md'), Buffer.from([0xff]))
    expect(await refusedImport(place, folder, '--author', 'grace')).toMatch(
      /^sub\/y\.md: Is not UTF-8.*\nsub\/z\.md, line 2: status: Must be draft.*\nNothing was imported\..*--skip-invalid\.\n$/,
    )
    expect(await posts()).toEqual(before)
    writeFileSync(join(folder, 'sub/z.md'), 'Many')
    expect(await imported(place, folder, '--author', 'grace', '--skip-invalid')).toBe(
      'Posts of grace: 251 imported, 0 there already, 1 left out.\n',
    )
    const bodies = (await posts()).map(({ body }) => body).filter((body) => body.startsWith('Many'))
    expect(bodies).toEqual([...many.map(([, body]) => body), 'Many'])
  })

  test('An import needs an existing author, and files', async () => {
    const folder = write({ 'a.md': 'Text' })
    expect(await refusedImport(place, folder)).toContain('say whose posts they are, with --author.')
    expect(await refusedImport(place, folder, '--author', 'nobody')).toBe('There is no user nobody.\n')
    expect(await refusedImport(place, write({ 'a.txt': '' }), '--author', 'ada')).toContain(
      'has no Markdown files',
    )
  })
})

function refusalOf(path: string, content: string): Error {
  try {
    parseMarkdown(path, content)
  } catch (error) {
    return error as Error
  }
  throw new Error('It was accepted.')
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}

/** Changes title and text of a post, as its author ada. */
async function change(id: number) {
  await using server = await startServer(place)
  const send = async (method: string, path: string, json: object, token = '') => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: token }) }
    const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(json) })
    return response.json() as Promise<any>
  }
  const login = { username: 'ada', password: 'correct horse battery' }
  const { access_token } = await send('POST', '/auth/token', login)
  const changed = await send('PATCH', `/posts/${id}`, { title: 'Other', body: 'Other.' }, access_token)
  expect(changed).toMatchObject({ id, title: 'Other' })
}

/** YAML aliases of aliases: a few lines that expand to a billion values. */
function bomb() {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  return names
    .map((name, i) => `${name}: &${name} [${Array(10).fill(i === 0 ? 'x' : `*${names[i - 1]}`)}]\n`)
    .join('')
}
