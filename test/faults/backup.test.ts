import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatepost, start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { prepareDataFolder } from '../support/data-folder.ts'
import { call, logIn } from './service.ts'

// One database with a post is backed up. Every test restores it into its own folder.

let origin: ReturnType<typeof temporaryFolder>
let backup: string
let token: string

/** The signing secret in the data folder is a part of the backup. */
const noSecret = { JWT_SECRET: undefined }

beforeAll(async () => {
  origin = temporaryFolder()
  await prepareDataFolder(origin.data)
  backup = join(origin.path, 'backup.tar.gz')
  await using service = await start(origin.path, noSecret)
  token = await logIn(service.url)
  await call(service.url, { path: '/posts', token, json: { title: 'Precious', body: 'Words.' } })
  const refused = await run(`backup ${backup}`, origin.data)
  expect(refused).toMatchObject({
    exit: 1,
    stderr: expect.stringMatching(/in use by another Gatepost.*Stop it first/s),
  })
  await service.end('SIGKILL', 0, 'SIGKILL') // a backup after a crash must be complete too
  expect(await run(`backup ${backup}`, origin.data)).toMatchObject({ exit: 0, stderr: '' })
})

afterAll(() => origin?.[Symbol.asyncDispose]())

function run(command: string, data: string) {
  return gatepost(command, { env: { DATA_DIR: data } })
}

const secretIn = (data: string) => readFileSync(join(data, 'jwt-secret'), 'utf8')

async function expectPost(folder: string) {
  await using service = await start(folder, noSecret)
  const { json } = await call(service.url, { path: '/posts' })
  expect(json.items).toMatchObject([{ title: 'Precious' }])
  expect((await call(service.url, { path: '/auth/whoami', token })).status).toBe(200)
}

describe('A backup', { timeout: 60_000 }, () => {
  test('A backup that is restored elsewhere has the same data and sessions', async () => {
    await using folder = temporaryFolder()
    const { exit, stdout } = await run(`restore ${backup}`, folder.data)
    expect([exit, stdout]).toEqual([0, `Restored ${backup} to ${folder.data}.\n`])
    expect(readdirSync(folder.data).sort()).toEqual(['jwt-secret', 'postgres', 'postgres.lock'])
    expect(statSync(join(folder.data, 'jwt-secret')).mode & 0o077).toBe(0)
    await expectPost(folder.path)
  })

  test('A backup is readable only by its owner, and leaves no temporary file', () => {
    expect(statSync(backup).mode & 0o077).toBe(0)
    expect(existsSync(`${backup}.part`)).toBe(false)
  })

  test('A backup replaces a database only with --force', async () => {
    await using folder = temporaryFolder()
    await prepareDataFolder(folder.data)
    const refused = await run(`restore ${backup}`, folder.data)
    expect(refused).toMatchObject({ exit: 1, stderr: expect.stringMatching(/is there already.*--force/s) })
    expect(await run(`restore ${backup} --force`, folder.data)).toMatchObject({ exit: 0, stderr: '' })
    expect(secretIn(folder.data)).toBe(secretIn(origin.data))
    expect(existsSync(join(folder.data, 'postgres.replaced'))).toBe(false)
  })

  test.for<[string, (bytes: Buffer) => Buffer]>([
    ['is cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['lost its last bytes', (bytes) => bytes.subarray(0, -4)],
    [
      'has a wrong byte',
      (bytes) =>
        bytes.fill(bytes.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1, (bytes.length >> 1) + 1),
    ],
    ['is no backup', () => Buffer.from('Hello')],
    ['is empty', () => Buffer.alloc(0)],
  ])('A backup that %s is refused and changes nothing', async ([, damage]) => {
    await using folder = temporaryFolder()
    const file = join(folder.path, 'damaged.tar.gz')
    writeFileSync(file, damage(readFileSync(backup)))
    const { exit, stderr } = await run(`restore ${file}`, folder.data)
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(/damaged or no backup of Gatepost.*nothing was changed\.\n$/),
    ])
    expect(readdirSync(folder.data)).toEqual(['postgres.lock'])
  })

  test('An interrupted restore keeps the service from starting on an empty database', async () => {
    await using folder = temporaryFolder()
    await prepareDataFolder(folder.data)
    renameSync(join(folder.data, 'postgres'), join(folder.data, 'postgres.replaced'))
    const { exit, stderr } = await run('migrate', folder.data)
    expect([exit, stderr]).toEqual([
      1,
      expect.stringMatching(/restore .* did not come to its end: run it again with --force/),
    ])
    expect(await run(`restore ${backup} --force`, folder.data)).toMatchObject({ exit: 0 })
    await expectPost(folder.path)
  })

  test('A backup of a server or of a missing folder is refused with a reason', async () => {
    await using folder = temporaryFolder()
    const env = { DATABASE_URL: 'postgres://db.example/name', JWT_SECRET: 'x'.repeat(32) }
    const ofServer = await gatepost(`backup ${folder.path}/file`, { env })
    expect(ofServer).toMatchObject({ exit: 1, stderr: expect.stringContaining('pg_dump') })
    const missingFolder = await run(`backup ${folder.path}/file`, folder.data)
    expect(missingFolder).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('There is no database in'),
    })
    const fromNothing = await run(`restore ${folder.path}/none`, folder.data)
    expect(fromNothing).toMatchObject({ exit: 1, stderr: expect.stringContaining('cannot be read (ENOENT)') })
    expect(existsSync(folder.data)).toBe(false)
  })
})
