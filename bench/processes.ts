import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { loadDemo } from '../src/commands/demo.ts'
import { parseConfig } from '../src/config/config.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { freePort } from '../test/support/processes.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { median } from './drive.ts'

const help = `Usage: npm run bench:processes -- [options]

Starts Gatepost as a command, on a PostgreSQL server and on the embedded database: time from the command to the first
response, and resident memory (on Linux) before and after 32 clients have requested pages of 20 posts and then of 100.

  --starts 5      how often each is started; the median counts
  --seconds 5     duration of the requests`

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
})
const print = (line: string) => process.stdout.write(`${line}\n`)
if (values.help) {
  print(help)
  process.exit(0)
}

const program = fileURLToPath(new URL('../bin/gatepost.js', import.meta.url))

/** A running Gatepost; `started` is the time until its first response, in milliseconds. */
async function start(env: Record<string, string>, ...args: string[]) {
  const port = await freePort()
  const startedAt = performance.now()
  const child = spawn(process.execPath, [program, 'start', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await isReady(`${url}/readyz`))) {
    const ended = child.exitCode ?? child.signalCode
    if (ended !== null) throw new Error(`Gatepost ended with ${ended}.`)
    await wait(5)
  }
  const started = performance.now() - startedAt
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { url, started, memory: () => memoryOf(child.pid), [Symbol.asyncDispose]: stop }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  )
}

/** Resident memory in MiB; NaN on systems without /proc. */
async function memoryOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024
}

const ask = (url: string, limit = 100) =>
  autocannon({ url: `${url}/posts?limit=${limit}`, connections: 32, duration: Number(values.seconds) })

await using stack = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'gatepost-bench-'))
stack.defer(() => rm(folder, { recursive: true }))
await using postgres = await startPostgres()
const quickStop = { SHUTDOWN_DELAY: '0' }
const databases = {
  PostgreSQL: { ...quickStop, DATABASE_URL: postgres.url, JWT_SECRET: jwtSecret },
  embedded: { ...quickStop, DATA_DIR: folder },
}
for (const [name, env] of Object.entries(databases)) {
  print(`\nLoading posts: ${name}`)
  await loadDemo(parseConfig(env), { users: 10, posts: 1000 })
  const times: number[] = []
  for (let round = -1; round < Number(values.starts); round++) {
    await using server = await start(env)
    if (round >= 0) times.push(server.started) // the first run fills caches
  }
  await using server = await start(env)
  await wait(1000)
  const idle = await server.memory()
  const busy: string[] = []
  for (const limit of [20, 100]) {
    const { requests } = await ask(server.url, limit)
    busy.push(`${(await server.memory()).toFixed(0)} MiB after ${requests.total} pages of ${limit}`)
  }
  const ready = `ready after ${median(times).toFixed(0)} ms`
  print(`${name.padEnd(10)}  ${[ready, `${idle.toFixed(0)} MiB idle`, ...busy].join(', ')}`)
}
