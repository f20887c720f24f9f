import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { settings as allSettings } from '../../src/config/config.ts'
import { startServer } from '../support/server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const english = await readFile(join(root, 'docs/coming-from-flask.md'), 'utf8')
const korean = await readFile(join(root, 'docs/coming-from-flask.ko.md'), 'utf8')

const block = (text: string, language: string) =>
  text.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? ''
/** The line of the old system and the line for Gatepost, of each row. */
const rows = [...english.matchAll(/^\| (?!concept|---)[^|]+ \| (.+) \| (`{1,2}.+`) \|$/gm)].map(
  ([, oldLine = '', newLine = '']) => ({ oldLine, newLine: newLine.replace(/^`+|`+$/g, '') }),
)
const commands = rows.map(({ newLine }) => newLine).filter((line) => line.startsWith('curl '))
const settings = rows.flatMap(({ newLine }) => /^([A-Z_]+)=/.exec(newLine)?.[1] ?? [])
const lines = rows.map(({ newLine }) => newLine).filter((line) => !/^(curl|npm) |^[A-Z_]+=/.test(line))

test('The table has rows of every kind', () => {
  expect([commands.length, settings.length, lines.length]).toEqual([8, 4, 17])
})

test('The Korean and the English page have the same code', () => {
  const code = (text: string) =>
    text.match(/`[^`\n]+`/g)?.filter((part) => rows.some(({ newLine }) => part.includes(newLine)))
  expect(code(korean)).toEqual(code(english))
  expect(block(korean, 'ts')).toBe(block(english, 'ts'))
  expect(block(korean, 'sh')).toBe(block(english, 'sh'))
})

test('The settings of the table exist', () => {
  expect(settings.filter((name) => !(name in allSettings))).toEqual([])
})

test('The curl lines of the table work unchanged', { timeout: 60_000 }, async () => {
  await using server = await startServer()
  const setup = block(english, 'sh').replace('http://localhost:3000', server.url)
  for (const line of commands) {
    // Each command must print something; only a log-out may print nothing.
    const { stdout } = await run('bash', ['-e', '-c', `{ ${setup}\n} > /dev/null\n${line}`])
    expect(stdout === '', line).toBe(line.includes('/auth/logout'))
  }
})

test('The lines of code are parts of the file, and the file compiles', { timeout: 120_000 }, async () => {
  const file = block(english, 'ts')
  expect(lines.filter((line) => !file.replace(/\s+/g, ' ').includes(line))).toEqual([])
  const parent = join(root, 'node_modules/.cache')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'from-flask-'))
  try {
    await writeFile(join(folder, 'todos.routes.ts'), file.replaceAll("'../", `'${root}src/`))
    const options = { extends: join(root, 'tsconfig.json'), files: ['todos.routes.ts'], include: [] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
    const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--noEmit']).catch(
      (error) => error,
    )
    expect(stdout).toBe('')
  } finally {
    await rm(folder, { recursive: true })
  }
})
