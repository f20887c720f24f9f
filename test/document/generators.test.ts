import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Others generate clients of their own: nothing in the document may make their generator warn or fail.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const document = join(root, 'openapi/openapi.json')
const modules = [join(root, 'openapi/generators/node_modules'), join(root, 'node_modules')]
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatepost-generators-'))
  await symlink(modules[1] ?? '', join(folder, 'node_modules')) // zod, for the generators that use it
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const orval = (client: string) => ({
  program: 'orval/dist/bin/orval.mjs',
  args: ['--input', document, '--output', `orval-${client}/gatepost.ts`, '--client', client],
})
const generators = {
  'openapi-typescript': {
    program: 'openapi-typescript/bin/cli.js',
    args: [document, '--output', 'openapi-typescript/gatepost.ts'],
  },
  '@hey-api-openapi-ts': {
    program: '@hey-api/openapi-ts/bin/run.js',
    args: ['--input', document, '--output', '@hey-api-openapi-ts', '--no-log-file'].concat([
      '--plugins',
      '@hey-api/client-fetch',
      '@hey-api/sdk',
      '@hey-api/typescript',
      'zod',
    ]),
  },
  'orval-fetch': orval('fetch'),
  'orval-zod': orval('zod'),
}

test.concurrent.for(Object.entries(generators))(
  '%s accepts the document without a warning, and its output compiles under strict',
  { timeout: 60_000 },
  async ([name, { program, args }], { expect }) => {
    const said = await runProgram(program, args)
    expect(said).not.toMatch(/warn|⚠|error|deprecat|fail|skip|unsupported/i)
    expect(await readdir(join(folder, name))).not.toEqual([])
    expect(await compile(name)).toBe('')
  },
)

test('a faulty document makes a generator fail', async () => {
  const faulty = join(folder, 'faulty.json')
  const paths = { '/x': { get: { responses: { 200: { $ref: '#/components/responses/Nothing' } } } } }
  await writeFile(faulty, JSON.stringify({ openapi: '3.1.0', info: { title: 'X', version: '1' }, paths }))
  const said = await runProgram('openapi-typescript/bin/cli.js', [faulty, '--output', 'faulty.ts'])
  expect(said).toMatch(/error|can't resolve/i)
})

/** Everything it says, and that it failed if it did. */
async function runProgram(program: string, args: string[]): Promise<string> {
  for (const path of modules.map((place) => join(place, program))) {
    const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', CI: '1' }
    const ran = await run(process.execPath, [path, ...args], { cwd: folder, env }).catch((error) => error)
    const { stdout, stderr, code } = ran as { stdout: string; stderr: string; code?: number }
    if (/Cannot find module/.test(stderr) && stderr.includes(path)) continue
    return `${stdout}${stderr}${code ? `error: it ended with ${code}` : ''}`
  }
  return `error: ${program} is not installed; run node .ci/install-tools.js openapi/generators.`
}

/** What the compiler finds wrong. */
async function compile(name: string): Promise<string> {
  const compilerOptions = {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  }
  const config = join(folder, `${name}.json`)
  await writeFile(config, JSON.stringify({ compilerOptions, include: [name] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return run(process.execPath, [tsc, '-p', config]).then(
    ({ stdout }) => stdout,
    (error) => error.stdout,
  )
}
