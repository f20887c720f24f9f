import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Every page of documentation in this repository. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** The text outside of code, where brackets are links. */
const prose = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '')

/** The anchor of a heading in links. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

describe('the pages of documentation', () => {
  test('The README is short, and the index names every page of docs/', () => {
    for (const page of ['README.md', 'README.ko.md']) expect(read(page).split('\n').length).toBeLessThan(150)
    const index = read('docs/README.md')
    const inDocs = pages
      .filter((page) => /^docs\/[^/]+\.md$/.test(page))
      .map((page) => page.slice('docs/'.length))
    expect(inDocs.filter((name) => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([])
  })

  test('The files that the pages name between backticks exist', () => {
    const path = /`((?:src|test|openapi|packages|bench|bin|worker)\/[\w./-]+)`/g
    const named = pages
      .filter((page) => page !== 'CONTRIBUTING.md')
      .flatMap((page) => [...read(page).matchAll(path)].map(([, name = '']) => ({ page, name })))
      .filter(({ name }) => name !== 'src/notes/') // the example of a resource that a reader adds
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(({ name }) => !existsSync(join(root, name)))).toEqual([])
  })

  test.each(pages)('Every link in %s leads to an existing file or heading', (page) => {
    const links = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const localLinks = links.filter((target) => !/^(https?|mailto):/.test(target))
    const broken = localLinks.filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !anchorsOf(read(file)).includes(anchor)
    })
    expect(broken).toEqual([])
  })
})

describe('the threat model', () => {
  const model = read('docs/security.md')

  test('The threat model names only existing tests', () => {
    const named = [...model.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, path = '']) => path)
    expect(new Set(named).size).toBeGreaterThan(20)
    expect(named.filter((path) => !/\b(test|describe)\b/.test(read(path)))).toEqual([])
  })

  test('The threat model has a test for every attacker', () => {
    const rows = model
      .slice(model.indexOf('| attacker |'), model.indexOf('Not defended against'))
      .split('\n')
      .filter((line) => line.startsWith('| ') && !/^\| (attacker|---)/.test(line))
    expect(rows.length).toBeGreaterThan(15)
    expect(rows.filter((row) => !row.includes('](../'))).toEqual([])
  })

  test('The threat model names only existing settings and commands', () => {
    const settings = [...model.matchAll(/`([A-Z]+_[A-Z_]+)[=`]/g)].map(([, name = '']) => name)
    const known = read('src/config/config.ts')
    expect(settings.length).toBeGreaterThan(5)
    expect(settings.filter((name) => !known.includes(`${name}:`))).toEqual([])
    const { scripts } = JSON.parse(read('package.json'))
    const commands = [...model.matchAll(/`npm run ([\w:]+)`/g)].map(([, name = '']) => name)
    expect(commands.filter((name) => !(name in scripts))).toEqual([])
  })
})

test('Published files contain no address of a package registry', () => {
  const files = execFileSync('git', ['ls-files', 'src', 'docs', 'README.md', 'Dockerfile'], {
    cwd: root,
    encoding: 'utf8',
  })
  const named = files.split('\n').filter((path) => path && /registry\.[\w-]+\.\w+/.test(read(path)))
  expect(named).toEqual([])
})
