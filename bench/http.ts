import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { databaseClock } from './database-time.ts'
import { drive, type Load, type Measured, median, type Peer, send, startPeer } from './drive.ts'
import { connect, loadPosts } from './load.ts'
import { print, type Results, report, type Verdict } from './report.ts'
import { checkResponses } from './responses.ts'
import { gatherMaterial, logInsOf, rows } from './rows.ts'

const names = [...rows.map(({ name }) => name), 'log-in', 'storm']
const known = ['bare', 'lab', 'fastify']
const help = `Usage: npm run bench -- [options]

Compares Gatepost with a bare node:http server on the same driver, with a server that a good engineer writes in a day on
the same stack (lab), and with Fastify + pg. All do the same work on one PostgreSQL, alternating in one run. Prints
the processor time of the server and of the database per request, requests per second, latency, resident memory,
garbage collection as a share of the busy time, and ratios with their aims.

No two concurrent requests are alike, except in the rows static, list-same and storm.

  --posts 100000     number of posts to load, at least 1,000
  --rounds 3         number of rounds; the medians count
  --seconds 4        duration of each measurement
  --connections 32   number of concurrent requests, or several: 1,8,32,128
  --only a,b         some of: ${names.join(', ')}
                     ${rows.map(({ name, about }) => `${name}: ${about}`).join(`\n${' '.repeat(21)}`)}
                     log-in: eight clients log in, at cost 10
                     storm: list-same while eight clients log in
  --peers a,b        some of: ${known.join(', ')}
  --database URL     a database with posts of an earlier run
  --while FILE       wait before each measurement until this file exists
  --check            fail if a ratio is more than twice its aim: for CI`

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: names.join() },
    peers: { type: 'string', default: known.join() },
    database: { type: 'string' },
    while: { type: 'string' },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  print(help)
  process.exit(0)
}
const only = values.only.split(',')
const chosen = values.peers.split(',')
const unknown = [
  ...only.filter((row) => !names.includes(row)),
  ...chosen.filter((peer) => !known.includes(peer)),
]
if (unknown.length > 0 || Number(values.posts) < 1000) {
  process.stderr.write(`Cannot run: ${unknown.join(', ') || `--posts ${values.posts}`}. See --help.\n`)
  process.exit(1)
}
const duration = Number(values.seconds)

// No autovacuum: it would affect one measurement and not another.
const flags = ['-c', 'shared_buffers=1GB', '-c', 'max_wal_size=4GB', '-c', 'autovacuum=off']
await using server = values.database ? undefined : await startPostgres({ flags })
const databaseUrl = values.database ?? server?.url ?? ''
if (!values.database) await loadPosts(databaseUrl, Number(values.posts))
await using sql = connect(databaseUrl)
const databaseTime = await databaseClock(sql)

await using stack = new AsyncDisposableStack()
const peers: Peer[] = []
for (const name of ['gatepost', ...chosen]) {
  peers.push(stack.use(await startPeer(name, { databaseUrl, secret: jwtSecret })))
}
const counts = values.connections.split(',').map(Number)
const tokens = Math.max(...counts)
const material = await gatherMaterial({ sql, secret: jwtSecret, url: peers[0]?.url ?? '', tokens })
await checkResponses(peers, material)
print(`Medians of ${values.rounds} rounds of ${duration} s. Server and database: processor time per request.`)

const verdicts: Verdict[] = []
for (const { name, about, aims, requestsOf } of rows.filter(({ name }) => only.includes(name))) {
  for (const connections of counts) {
    await sql`vacuum analyze posts`
    const load: Load = { requestsOf: (at) => requestsOf(material, at, connections), connections, duration }
    const results = await alternate((peer) => drive(peer, load, databaseTime))
    verdicts.push(report(`${name}: ${about}; connections: ${connections}`, results, aims))
  }
}
const logIns: Load = { requestsOf: (at) => logInsOf(material, at), connections: 8, duration }
if (only.includes('log-in')) {
  const results = await alternate((peer) => drive(peer, logIns, databaseTime))
  report('log-in: at cost 10, connections: 8', results)
  const [own, native] = ['gatepost', 'fastify'].map((name) =>
    median(results.get(name)?.map(({ rate }) => rate) ?? []),
  )
  print(
    `  log-ins per second, Gatepost ÷ fastify, which uses native bcrypt: ${((own ?? 0) / (native ?? 0)).toFixed(2)} (aim 0.7)`,
  )
}
if (only.includes('storm')) {
  const requestsOf = () => [{ method: 'GET' as const, path: '/posts' }]
  const results = await alternate(async (peer) => {
    const storm = send(peer.url, logIns)
    const measured = await drive(peer, { requestsOf, connections: 32, duration }, databaseTime)
    await storm
    return measured
  })
  verdicts.push(
    report('storm: the newest 20 posts while 8 clients log in; connections: 32', results, { p99: 1 }),
  )
}
if (values.check) conclude()

/** In the order A B C A B C …, so that a disturbance of the machine affects all peers. */
async function alternate(measure: (peer: Peer) => Promise<Measured>): Promise<Results> {
  const results = new Map(peers.map(({ name }) => [name, [] as Measured[]]))
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const peer of peers) {
      while (values.while && !existsSync(values.while)) await wait(1000)
      const measured = await measure(peer)
      if (round >= 0) results.get(peer.name)?.push(measured) // the first round is for warming up
    }
  }
  return results
}

function conclude(): void {
  const failed = verdicts.flatMap((verdict) => verdict.failed)
  const checked = verdicts.reduce((sum, verdict) => sum + verdict.checked, 0)
  for (const line of failed) print(`FAILED: ${line}: more than twice the aim.`)
  print(`\n${checked} ratios checked, ${failed.length} more than twice their aims.`)
  if (failed.length > 0 || checked === 0) process.exitCode = 1
}
