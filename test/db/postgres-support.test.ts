import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { startPostgres } from '../support/postgres.ts'

const isTestServer = !process.env.TEST_DATABASE_URL

async function ask(url: string, query: string) {
  const sql = postgres(url, { max: 1 })
  try {
    const [row] = await sql.unsafe(query)
    return row
  } finally {
    await sql.end()
  }
}

test('Databases of one server are separate', async () => {
  await using server = await startPostgres({ flags: ['-c', 'application_name=flagged'] })
  const [one, two] = await Promise.all([server.createDatabase(), server.createDatabase('two')])
  await ask(one, 'CREATE TABLE only_here ()')
  expect(await ask(two, "SELECT to_regclass('only_here') AS found, current_database() AS name")).toEqual({
    found: null,
    name: 'two',
  })
  expect(await ask(server.url, "SELECT upper('äö') AS upper, getdatabaseencoding() AS encoding")).toEqual({
    upper: 'ÄÖ',
    encoding: 'UTF8',
  })
})

test.runIf(isTestServer)('Stopping ends the server, and can be repeated without an error', async () => {
  const server = await startPostgres()
  await server.stop()
  expect(isRunning(server.pid)).toBe(false)
  await server.stop()
})

test.runIf(isTestServer)('A server that cannot start reports the reason', async () => {
  await expect(startPostgres({ flags: ['-c', 'max_connections=none'] })).rejects.toThrow('max_connections')
})

test.runIf(isTestServer).for(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'No server and no data remain after %s ends the tests',
  { timeout: 30_000 },
  async (signal) => {
    const script = `
      import { startPostgres } from ${JSON.stringify(import.meta.resolve('../support/postgres.ts'))}
      console.log((await startPostgres()).pid)
    `
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-test-'))
    chmodSync(folder, 0o777) // as root, the server runs as another user
    const tests = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(tests.stdout, 'data')
    const pid = Number(line)
    expect(isRunning(pid)).toBe(true)
    tests.kill(signal)
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false)
    // The template of clusters is kept for the next server.
    const left = () => readdirSync(folder).filter((name) => !name.startsWith('gatepost-cluster-'))
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
    rmSync(folder, { recursive: true })
  },
)

function isRunning(pid: number | undefined) {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}
