import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectSocket, type Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { freePort } from '../test/support/processes.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { databaseClock } from './database-time.ts'
import { drive, type Load, type Measured, median, type Peer, send, startPeer } from './drive.ts'
import { connect, loadPosts } from './load.ts'
import { print } from './report.ts'
import { gatherMaterial, type Material, rowOf } from './rows.ts'

const help = `Usage: npm run bench:scale -- [--posts 10000,100000,1000000] [--workers 1,2] [--idle 1000] [options]

How Gatepost scales, with the rows of npm run bench.

  --posts SIZES     list, read and create in tables of these sizes, in alternation
  --workers COUNTS  static and list with these numbers of processes
  --idle COUNT      list with and without so many idle connections, and with as many busy ones
  --rounds 3        number of rounds; the medians count
  --seconds 4       duration of each measurement
  --connections 32  number of concurrent requests`

const { values } = parseArgs({
  options: {
    posts: { type: 'string' },
    workers: { type: 'string' },
    idle: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || !(values.posts ?? values.workers ?? values.idle)) {
  print(help)
  process.exit(0)
}
const duration = Number(values.seconds)
const connections = Number(values.connections)

const flags = ['-c', 'shared_buffers=2GB', '-c', 'max_wal_size=4GB', '-c', 'autovacuum=off']
await using server = await startPostgres({ flags })

if (values.posts) await comparePosts(values.posts.split(',').map(Number))
if (values.workers ?? values.idle) {
  const databaseUrl = await server.createDatabase('rest')
  await loadPosts(databaseUrl, 20_000)
  if (values.workers) await compareWorkers(databaseUrl, values.workers.split(','))
  if (values.idle) await compareIdle(databaseUrl, Number(values.idle))
}

function loadOf(row: string, material: Material, count = connections): Load {
  return { requestsOf: (at) => rowOf(row).requestsOf(material, at, count), connections: count, duration }
}

/** In the order A B C A B C …; the first round is for warming up. */
async function alternate<T, R>(cases: readonly T[], measure: (one: T) => Promise<R>): Promise<R[][]> {
  const results = cases.map(() => [] as R[])
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [at, one] of cases.entries()) {
      const measured = await measure(one)
      if (round >= 0) results[at]?.push(measured)
    }
  }
  return results
}

function middle(results: readonly Measured[] = [], key: keyof Measured): number {
  return median(results.map((each) => each[key]))
}

async function comparePosts(sizes: readonly number[]): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const cases: { size: number; peer: Peer; material: Material; databaseTime: () => number }[] = []
  for (const size of sizes) {
    const databaseUrl = await server.createDatabase(`posts_${size}`)
    await loadPosts(databaseUrl, size)
    const sql = stack.use(connect(databaseUrl))
    const peer = stack.use(await startPeer('gatepost', { databaseUrl, secret: jwtSecret }))
    const material = await gatherMaterial({ sql, secret: jwtSecret, url: peer.url, tokens: connections })
    cases.push({ size, peer, material, databaseTime: await databaseClock(sql) })
  }
  print('\nProcessor time of server and database per request, and the ratio to the smallest table (aim 1.2)')
  for (const row of ['list', 'read', 'create']) {
    const results = await alternate(cases, ({ peer, material, databaseTime }) =>
      drive(peer, loadOf(row, material), databaseTime),
    )
    for (const [at, { size }] of cases.entries()) {
      const cells = (['cpu', 'database'] as const).map((key) => {
        const [smallest, own] = [middle(results[0], key), middle(results[at], key)]
        return `${own.toFixed(0).padStart(5)} µs (${(own / smallest).toFixed(2)})`
      })
      print(`  ${row.padEnd(7)} ${String(size).padStart(8)} posts   ${cells.join('   ')}`)
    }
  }
}

async function compareWorkers(databaseUrl: string, counts: readonly string[]): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const urls: string[] = []
  for (const count of counts) urls.push(stack.use(await startWorkers(databaseUrl, count)).url)
  await using sql = connect(databaseUrl)
  const material = await gatherMaterial({ sql, secret: jwtSecret, url: urls[0] ?? '', tokens: 1 })
  print(`\nRequests per second, on ${availableParallelism()} cores that clients and database share`)
  for (const row of ['static', 'list']) {
    const rates = await alternate(urls, async (url) => (await send(url, loadOf(row, material))).rate)
    const first = median(rates[0] ?? [])
    for (const [at, count] of counts.entries()) {
      const rate = median(rates[at] ?? [])
      print(
        `  ${row.padEnd(7)} ${count.padStart(3)} workers   ${rate.toFixed(0).padStart(6)} (${(rate / first).toFixed(2)})`,
      )
    }
  }
}

/** Starts Gatepost as a command. */
async function startWorkers(databaseUrl: string, workers: string) {
  const url = `http://127.0.0.1:${await freePort()}`
  const program = fileURLToPath(new URL('../bin/gatepost.js', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=16', program, 'start', '--workers', workers],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        MALLOC_ARENA_MAX: '1',
        LOG_LEVEL: 'warn',
        PORT: new URL(url).port,
        SHUTDOWN_DELAY: '0',
        DATABASE_URL: databaseUrl,
        JWT_SECRET: jwtSecret,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null) throw new Error(`Gatepost ended with ${child.exitCode}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { url, [Symbol.asyncDispose]: stop }
}

async function compareIdle(databaseUrl: string, idle: number): Promise<void> {
  await using sql = connect(databaseUrl)
  const databaseTime = await databaseClock(sql)
  await using peer = await startPeer('gatepost', { databaseUrl, secret: jwtSecret })
  const material = await gatherMaterial({ sql, secret: jwtSecret, url: peer.url, tokens: connections })
  const cases = [
    { name: `${connections} busy`, idle: 0, busy: connections },
    { name: `${connections} busy, ${idle} idle`, idle, busy: connections },
    { name: `${idle} busy`, idle: 0, busy: idle },
  ]
  const results = await alternate(cases, async (one) => {
    const sockets = await Promise.all(Array.from({ length: one.idle }, () => keepOpen(peer.url)))
    const measured = await drive(peer, loadOf('list', material, one.busy), databaseTime)
    for (const socket of sockets) socket.destroy()
    return measured
  })
  print('\nlist: 20 posts, each request with another cursor')
  for (const [at, { name }] of cases.entries()) {
    const of = (key: keyof Measured) => middle(results[at], key)
    const [cpu, rate, p99, memory] = [of('cpu'), of('rate'), of('p99'), of('memory') / 2 ** 20]
    print(
      `  ${name.padEnd(20)} ${cpu.toFixed(0).padStart(5)} µs  ${rate.toFixed(0).padStart(6)}/s  p99 ${p99.toFixed(1).padStart(6)} ms  ${memory.toFixed(0).padStart(4)} MiB`,
    )
  }
}

/** Opens a connection that stays idle after its first response. */
async function keepOpen(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connectSocket(Number(port), hostname)
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
  await once(socket, 'data')
  return socket
}
