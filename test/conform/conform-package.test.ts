import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// What `npm install @gatepost/conform` installs in another project.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const { dependencies } = JSON.parse(await readFile(join(root, 'packages/conform/package.json'), 'utf8'))
let project: string
let files: string[]

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'gatepost-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: join(root, 'packages/conform'),
  })
  files = [...stdout.matchAll(/"path": "(.+?)"/g)].map(([, path]) => path ?? '')
  const tarball = (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? ''
  const installed = join(project, 'node_modules/@gatepost/conform')
  await mkdir(installed, { recursive: true })
  await run('tar', ['xf', join(project, tarball), '--strip-components=1', '-C', installed])
  for (const name of Object.keys(dependencies)) {
    const dependency = join(project, 'node_modules', name)
    await mkdir(dirname(dependency), { recursive: true })
    await symlink(join(root, 'node_modules', name), dependency)
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(project, { recursive: true, force: true }))

/** Runs the command of the package. */
function conform(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = join(project, 'node_modules/@gatepost/conform/dist/bin.js')
  return run(process.execPath, [program, ...args]).then(
    (output) => ({ code: 0, ...output }),
    (error) => error,
  )
}

describe('the npm package', () => {
  test('The package contains what it needs, and neither sources nor tests', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/bin.js',
        'dist/index.js',
        'dist/index.d.ts',
        'package.json',
        'README.md',
      ]),
    )
    expect(files.filter((path) => /^(src|test|node_modules)\//.test(path))).toEqual([])
  })

  test('The command explains its options', async () => {
    const { code, stdout } = await conform('--help')
    expect(stdout).toMatch(/^Usage: gatepost-conform \[options\] <url>\n/)
    expect(code).toBe(0)
  })

  test('The command ends with 2 if there is no server', async () => {
    const { code, stderr } = await conform('http://127.0.0.1:9')
    expect(stderr).toContain('cannot be reached')
    expect(code).toBe(2)
  })

  test('The package checks an exchange against a document in plain JavaScript', async () => {
    const code = `
      import { createContract } from '@gatepost/conform'
      const responses = { 200: { description: 'Well.', content: { 'text/plain': { schema: { type: 'string' } } } } }
      const contract = createContract({
        openapi: '3.1.0',
        paths: { '/': { get: { operationId: 'front', responses } } },
        components: {},
      })
      const exchange = { method: 'GET', path: '/', status: 201, headers: new Headers(), body: '' }
      console.log(contract.evaluate(exchange).faults.join())`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: project })
    expect(stdout).toContain('front does not declare status 201, only 200')
  })
})
