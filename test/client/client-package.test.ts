import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// What `npm install @gatepost/client` installs in another project.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const tsc = join(root, 'node_modules/typescript/bin/tsc')
let project: string
let files: string[]

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'gatepost-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: join(root, 'packages/client'),
  })
  files = [...stdout.matchAll(/"path": "(.+?)"/g)].map(([, path]) => path ?? '')
  const tarball = (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? ''
  const installed = join(project, 'node_modules/@gatepost/client')
  await mkdir(installed, { recursive: true })
  await run('tar', ['xf', join(project, tarball), '--strip-components=1', '-C', installed])
  const dependency = 'node_modules/openapi-fetch'
  await symlink(join(root, dependency), join(project, dependency))
  const types = await readFile(join(root, 'test/client/fixtures/types.ts'), 'utf8')
  await writeFile(join(project, 'types.ts'), types.replace("'gatepost/client'", "'@gatepost/client'"))
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(project, { recursive: true, force: true }))

describe('the npm package', () => {
  test('The package contains what it needs and no tests', () => {
    expect(files).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'package.json', 'README.md']),
    )
    expect(files.filter((path) => /^(src|test|node_modules)\//.test(path))).toEqual([])
  })

  test('The package works in plain JavaScript', async () => {
    const code = `
      import { createClient } from '@gatepost/client'
      const fetch = async () => Response.json({ items: [{ id: 1 }], next_cursor: null })
      for await (const { id } of createClient({ baseUrl: 'http://localhost', fetch }).pages('/posts')) console.log(id)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project })
    expect(stdout).toBe('1\n')
  })

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('The types compile under strict, with module settings %s and %s', async (module, moduleResolution) => {
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.ts'] }))
    const { stdout } = await run(process.execPath, [tsc, '-p', project]).catch((error) => error)
    expect(stdout).toBe('')
  })
})
