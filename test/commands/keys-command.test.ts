import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readKeySet } from '../../src/auth/keys/key-set.ts'
import { runCommand } from '../support/command.ts'
import { keySet, newPair, pairAlgorithms, pem } from '../support/key-pairs.ts'

let folder: string
let files = 0
const newPath = () => join(folder, `keys-${++files}.json`)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatepost-keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

const secret = 'a secret of at least thirty-two bytes'
const keys = (...args: string[]) => runCommand(['keys', ...args])
const kidsIn = async (path: string) => (await readKeySet(await readFile(path, 'utf8'))).map(({ kid }) => kid)

/** Writes these keys, or two new ones, to a file. Returns its path and the names of the keys. */
async function keyFile(text = keySet(newPair('EdDSA').jwk, newPair('ES256').jwk)) {
  const path = newPath()
  await writeFile(path, text)
  return { path, kids: await kidsIn(path) }
}

describe('keys generate', () => {
  test.each(pairAlgorithms)('generate prints a key set with one %s key, and nothing else', async (alg) => {
    const { exitCode, stdout } = await keys('generate', '--alg', alg)
    expect([exitCode, stdout.split('\n').length]).toEqual([0, 2])
    expect(JSON.parse(stdout).keys).toMatchObject([{ alg, use: 'sig', kid: expect.any(String) }])
    expect((await readKeySet(stdout))[0]).toMatchObject({ alg, signing: { type: 'private' } })
  })

  test('generate creates a file that only its owner may read, and never overwrites one', async () => {
    const path = newPath()
    expect((await keys('generate', '--output', path)).exitCode).toBe(0)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const before = await readFile(path, 'utf8')
    const again = await keys('generate', '--output', path)
    expect([again.exitCode, again.stderr]).toEqual([1, `${path}: exists already, and is not overwritten.\n`])
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('generate adds a key that verifies but does not sign yet', async () => {
    const { path, kids } = await keyFile()
    expect((await keys('generate', '--alg', 'RS256', '--add-to', path)).exitCode).toBe(0)
    const after = await kidsIn(path)
    expect(after).toEqual([kids[0], expect.any(String), kids[1]])
    expect((await keys('list', '--file', path)).stdout).toBe(
      `${kids[0]}  EdDSA  signs\n${after[1]}  RS256  accepts\n${kids[1]}  ES256  accepts\n`,
    )
  })

  test('generate keeps unknown members in the file, and the mode of the file', async () => {
    const { path } = await keyFile(keySet({ ...newPair('EdDSA').jwk, note: 'made on Monday' }))
    const { mode } = await stat(path)
    await keys('generate', '--add-to', path)
    expect(JSON.parse(await readFile(path, 'utf8')).keys[0].note).toBe('made on Monday')
    expect((await stat(path)).mode).toBe(mode)
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([])
  })

  test('generate creates the file from JWT_SECRET, with the same kid', async () => {
    const path = newPath()
    await runCommand(['keys', 'generate', '--add-to', path], { JWT_SECRET: secret })
    const [first, second] = await readKeySet(await readFile(path, 'utf8'))
    const { stdout } = await runCommand(['keys', 'list'], { JWT_SECRET: secret })
    expect(stdout).toBe(`${first?.kid.padEnd(43)}  HS256  signs\n`)
    expect(second?.alg).toBe('EdDSA')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['no file and no secret', async () => newPath(), /there is no such file/],
    ['PEM', async () => (await keyFile(pem(newPair('EdDSA').jwk))).path, /is PEM/],
    ['a broken file', async () => (await keyFileOf('{"keys": [')).path, /must be a JSON Web Key Set/],
    ['a file that another command is at', async () => lockedFile(), /\.new: exists already/],
  ])('generate refuses to add to %s, and changes nothing', async (_what, make, message) => {
    const path = await make()
    const before = await readFile(path, 'utf8').catch(() => undefined)
    const { exitCode, stderr } = await keys('generate', '--add-to', path)
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(message)])
    expect(stderr).not.toContain('fault of Gatepost')
    expect(await readFile(path, 'utf8').catch(() => undefined)).toBe(before)
  })
})

describe('keys promote', () => {
  test('promote makes a key in the file the signing key, and keeps the order of the others', async () => {
    const { path, kids } = await keyFile(keySet(...pairAlgorithms.map((alg) => newPair(alg).jwk)))
    const response = await runCommand(['keys', 'promote', '--', String(kids[2])], { JWT_KEYS: path })
    expect(response.exitCode).toBe(0)
    expect(await kidsIn(path)).toEqual([kids[2], kids[0], kids[1]])
  })

  test('promote refuses an unknown key, or one that cannot sign', async () => {
    const { path, kids } = await keyFile(keySet(newPair('EdDSA').jwk, newPair('ES256').publicJwk))
    const before = await readFile(path, 'utf8')
    expect((await keys('promote', 'nobody', '--file', path)).stderr).toMatch(/no key of that kid/)
    expect((await keys('promote', '--file', path, '--', String(kids[1]))).stderr).toMatch(/no private part/)
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('promote refuses to run without a file, and does not print the keys', async () => {
    const { jwk } = newPair('EdDSA')
    const response = await runCommand(['keys', 'promote', 'x'], { JWT_KEYS: keySet(jwk) })
    expect([response.exitCode, response.stderr]).toEqual([1, expect.stringMatching(/^Say which file/)])
    expect(response.stderr).not.toContain(jwk.d)
  })
})

describe('keys list', () => {
  test('list shows the keys of the settings, each once, and nothing secret', async () => {
    const path = newPath()
    await runCommand(['keys', 'generate', '--add-to', path], { JWT_SECRET: secret })
    const env = { JWT_KEYS: path, JWT_SECRET: secret, JWT_PREVIOUS_SECRETS: 'x'.repeat(32) }
    const { stdout } = await runCommand(['keys', 'list'], env)
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^[0-9a-f]{16} +HS256 {2}signs$/),
      expect.stringMatching(/^[\w-]{43} +EdDSA {2}accepts$/),
      expect.stringMatching(/^[0-9a-f]{16} +HS256 {2}accepts$/),
    ])
    const held = JSON.parse(await readFile(path, 'utf8')).keys.flatMap((key: any) => [key.d ?? key.k, key.x])
    for (const piece of [secret, ...held.filter(Boolean)]) expect(stdout).not.toContain(piece)
  })

  test('list creates nothing in an empty folder', async () => {
    const DATA_DIR = join(folder, 'no-data')
    const { stdout } = await runCommand(['keys', 'list'], { DATA_DIR })
    expect(stdout).toMatch(/^There is no key yet/)
    expect(await readdir(folder)).not.toContain('no-data')
  })
})

async function keyFileOf(text: string) {
  const path = newPath()
  await writeFile(path, text)
  return { path }
}

async function lockedFile(): Promise<string> {
  const { path } = await keyFile()
  await copyFile(path, `${path}.new`)
  return path
}
