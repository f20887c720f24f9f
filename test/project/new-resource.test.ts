import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { namesOf, renamed } from '../../scaffold/names.ts'

// `npm run test:new` adds resources to a copy of the project and runs their tests. This file tests names and
// refusals.

function runNew(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scaffold/new.ts', ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

test('A name is written as each place needs it', () => {
  expect(namesOf('reading-lists')).toEqual({
    kebab: 'reading-lists',
    snake: 'reading_lists',
    camel: 'readingLists',
    pascal: 'ReadingLists',
    pascalOne: 'ReadingList',
    words: 'reading lists',
    wordsOne: 'reading list',
  })
})

test.each([
  ['notes', 'note'],
  ['entries', 'entry'],
  ['boxes', 'box'],
  ['branches', 'branch'],
  ['house-rules', 'house rule'],
])('The singular of %s is %s', (plural, singular) => {
  expect(namesOf(plural).wordsOne).toBe(singular)
})

test('An irregular singular can be given as an option', () => {
  expect(namesOf('people', 'person')).toMatchObject({ pascal: 'People', pascalOne: 'Person' })
  expect(() => namesOf('people')).toThrow('--singular')
})

test.each(['Notes', 'my_notes', '-notes', 'notes-', 'notes2', '../notes', 'note s', '', 'n'.repeat(33)])(
  'The name "%s" is refused with an example of a valid one',
  (name) => {
    expect(() => namesOf(name, 'note')).toThrow('such as notes or reading-lists')
  },
)

test.each(['maps', 'promises', 'arguments'])(
  'The name %s is refused, since it is reserved in JavaScript',
  (name) => {
    expect(() => namesOf(name)).toThrow('means something in JavaScript')
  },
)

test('The article matches the name', () => {
  const article = (plural: string) => renamed('A sample note is a sample note.', namesOf(plural))
  expect(article('notes')).toBe('A note is a note.')
  expect(article('entries')).toBe('An entry is an entry.')
})

test('No generated file contains the name of the template', async () => {
  const names = await readdir('scaffold', { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile() && /scaffold.(src|test)/.test(entry.parentPath))
  expect(files.length).toBe(6)
  for (const { parentPath, name } of files) {
    const text = await readFile(`${parentPath}/${name}`, 'utf8')
    expect(renamed(name + text, namesOf('reading-lists'))).not.toMatch(/sample|note/i)
  }
})

test('The code in CONTRIBUTING.md is the generated code', async () => {
  const folder = 'scaffold/src/sample-notes'
  const sources = await Promise.all(
    (await readdir(folder)).map((file) => readFile(`${folder}/${file}`, 'utf8')),
  )
  const written = withoutLayout(renamed(sources.join('\n'), namesOf('notes')))
  const blocks = [...(await readFile('CONTRIBUTING.md', 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)]
  expect(blocks.length).toBe(3)
  for (const [, block = ''] of blocks) expect(written).toContain(withoutLayout(block))
})

/** The formatter breaks lines at other places for a shorter name. */
function withoutLayout(code: string): string {
  return code.replace(/\s+/g, '').replace(/,(?=[)}\]])/g, '')
}

test.each([
  ['posts', 'the folder src/posts is there', 'the API has the operation listPosts', 'table posts'],
  ['problems', 'the API has the path /problems', 'the API has the operation listProblems'],
  ['sessions', 'the API has the schema Session', 'the database has the table sessions'],
])('If %s exist already, the command names the conflicts and writes nothing', async (name, ...reasons) => {
  const app = await readFile('src/app.ts', 'utf8')
  const { code, stdout, stderr } = await runNew(name)
  expect([code, stdout]).toEqual([1, ''])
  for (const reason of reasons) expect(stderr).toContain(reason)
  expect(await readFile('src/app.ts', 'utf8')).toBe(app)
})

test('The command explains itself with --help, and asks for a name without one', async () => {
  const help = await runNew('--help')
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('npm run new -- [options] <name>')])
  const none = await runNew()
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("missing required argument 'name'")])
})
