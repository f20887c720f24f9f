import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startPostgres } from '../test/support/postgres.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { checkAnswers } from './answers.ts'
import { databaseClock } from './database-time.ts'
import { ask, drive, type Load, type Measured, median, type Peer, startPeer } from './drive.ts'
import { connect, loadPosts } from './load.ts'
import { type Results, report, say, type Verdict } from './report.ts'
import { gatherMaterial, logInsOf, rows } from './rows.ts'

const names = [...rows.map(({ name }) => name), 'log-in', 'storm']
const known = ['bare', 'lab', 'fastify']
const help = `Usage: npm run bench -- [options]

Compares Gatepost with a bare node:http server on the same driver, with what a good engineer writes in a day on the same
stack (lab), and with Fastify + pg, all doing the same work on one PostgreSQL, in turns and in one run. Prints for one
request the processor time of the server and of the database; requests a second, latency, resident memory, the share
of garbage collection in the busy time; and ratios beside their aims.

  --posts 100000     how many posts to load, at least 1,000
  --rounds 3         how often each is measured, in turns; the median counts
  --seconds 4        how long each measurement lasts
  --connections 32   how many requests are under way; several: 1,8,32,128
  --only a,b         some of: ${names.join(', ')}
                     ${rows.map(({ name, about }) => `${name}: ${about}`).join(`\n${' '.repeat(21)}`)}
                     log-in: eight clients log in, at cost 10; storm: the newest 20 posts meanwhile
                     No two requests under way are alike, but for static, list-same and storm.
  --peers a,b        some of: ${known.join(', ')}
  --database URL     a database that is loaded already
  --while FILE       before each measurement, waits until this file is there
  --check            fail if a ratio is over twice its aim: for CI`

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
  say(help)
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

// Without autovacuum: it would fall into one measurement and not into another.
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
await checkAnswers(peers, material)
say(
  `Rounds: ${values.rounds} of ${duration} s, in turns, medians. Times of server and database are for one request.`,
)

const verdicts: Verdict[] = []
for (const { name, about, aims, requestsOf } of rows.filter(({ name }) => only.includes(name))) {
  for (const connections of counts) {
    await sql`vacuum analyze posts`
    const load: Load = { requestsOf: (at) => requestsOf(material, at, connections), connections, duration }
    const results = await inTurns((peer) => drive(peer, load, databaseTime))
    verdicts.push(report(`${name}: ${about}; connections: ${connections}`, results, aims))
  }
}
const logIns: Load = { requestsOf: (at) => logInsOf(material, at), connections: 8, duration }
if (only.includes('log-in')) {
  const results = await inTurns((peer) => drive(peer, logIns, databaseTime))
  report('log-in: at cost 10, connections: 8', results)
  const [own, native] = ['gatepost', 'fastify'].map((name) =>
    median(results.get(name)?.map(({ rate }) => rate) ?? []),
  )
  say(
    `  log-ins a second, Gatepost ÷ fastify, which has native bcrypt: ${((own ?? 0) / (native ?? 0)).toFixed(2)} (aim 0.7)`,
  )
}
if (only.includes('storm')) {
  const requestsOf = () => [{ method: 'GET' as const, path: '/posts' }]
  const results = await inTurns(async (peer) => {
    const storm = ask(peer.url, logIns)
    const measured = await drive(peer, { requestsOf, connections: 32, duration }, databaseTime)
    await storm
    return measured
  })
  verdicts.push(
    report('storm: the newest 20 posts while 8 clients log in; connections: 32', results, { p99: 1 }),
  )
}
if (values.check) conclude()

/** A B C A B C …: what disturbs the machine disturbs all. */
async function inTurns(measure: (peer: Peer) => Promise<Measured>): Promise<Results> {
  const results = new Map(peers.map(({ name }) => [name, [] as Measured[]]))
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const peer of peers) {
      while (values.while && !existsSync(values.while)) await wait(1000)
      const measured = await measure(peer)
      if (round >= 0) results.get(peer.name)?.push(measured) // the first warms up
    }
  }
  return results
}

function conclude(): void {
  const failed = verdicts.flatMap((verdict) => verdict.failed)
  const checked = verdicts.reduce((sum, verdict) => sum + verdict.checked, 0)
  for (const line of failed) say(`FAILED: ${line}: over twice the aim.`)
  say(`\n${checked} ratios checked, ${failed.length} over twice their aims.`)
  if (failed.length > 0 || checked === 0) process.exitCode = 1
}
