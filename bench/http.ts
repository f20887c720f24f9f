import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type autocannon from 'autocannon'
import bcrypt from 'bcryptjs'
import postgres from 'postgres'
import { loadDemo } from '../src/commands/demo.ts'
import { parseConfig } from '../src/config/config.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { deepCursor } from './deep-cursor.ts'
import { drive, type Load, type Measured, median, type Peer, startPeer } from './drive.ts'
import { toCursor } from './peers/work.ts'

const works = ['list', 'deep', 'pages', 'read', 'create', 'storm', 'log-in']
const known = ['bare', 'fastify']
const help = `Usage: npm run bench -- [options]

Compares Gatepost with a bare node:http server on the same driver and with Fastify + pg, all doing the same work on
one PostgreSQL, in turns and in one run. Prints the processor time of the server for one request, answers a second,
latency, resident memory, and ratios of the processor time (in a storm: of p99) beside their aims.

  --posts 100000     how many posts to load, at least 100
  --rounds 3         how often each is measured; the median counts
  --seconds 4        how long each measurement lasts
  --connections 32   how many requests are under way
  --only a,b         some of: ${works.join(', ')}
                     (list: newest posts; deep: one page in the middle; pages: 200 pages in turn;
                     storm: list and read while eight clients log in)
  --peers a,b        some of: ${known.join(', ')}
  --database URL     a database that is loaded already
  --check            fail if a ratio of list, deep, read or create is over twice its aim: for CI`

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: works.join() },
    peers: { type: 'string', default: known.join() },
    database: { type: 'string' },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const print = (line: string) => process.stdout.write(`${line}\n`)
if (values.help) {
  print(help)
  process.exit(0)
}
const only = values.only.split(',')
const peers = values.peers.split(',')
const unknown = [
  ...only.filter((work) => !works.includes(work)),
  ...peers.filter((peer) => !known.includes(peer)),
]
if (unknown.length > 0 || Number(values.posts) < 100) {
  process.stderr.write(`Cannot run: ${unknown.join(', ') || `--posts ${values.posts}`}. See --help.\n`)
  process.exit(1)
}

/** Maximum ratios of processor time, and in a storm of p99 latency: against the bare server, against Fastify + pg. */
const aims: Record<string, [bare: number, fastify: number]> = {
  'list in a storm': [1, 0.5],
  'read in a storm': [1, 0.5],
  list: [1.3, 0.8],
  deep: [1.3, 0.8],
  read: [1.4, 0.85],
  create: [1.25, 1],
}
/** A ratio beyond its maximum times this factor is a regression and not noise. */
const gross = 2
let checked = 0
const failed: string[] = []

/**
 * There are only some seven log-ins per second, so a shorter run would be distorted by those still running at its end.
 */
const logInSeconds = 16

interface Subject {
  peer: Peer
  token: string
  works: Record<string, autocannon.Request[]>
}

const password = 'gatepost-demo'
const basic = { authorization: `Basic ${btoa(`demo:${password}`)}` }
const duration = Number(values.seconds)
const connections = Number(values.connections)
const wanted = (work: string) => only.includes(work)

await using server = values.database
  ? undefined
  : await startPostgres({ flags: ['-c', 'shared_buffers=1GB'] })
const databaseUrl = values.database ?? server?.url ?? ''
if (!values.database) {
  const settings = { DATABASE_URL: databaseUrl, JWT_SECRET: jwtSecret, DATABASE_TIMEOUT: '600' }
  await loadDemo(parseConfig(settings), { users: 100, posts: Number(values.posts) })
}
const sql = postgres(databaseUrl, { max: 1 })
await sql`vacuum analyze posts`

await using stack = new AsyncDisposableStack()
const subjects: Subject[] = []
for (const name of ['gatepost', ...peers]) {
  const peer = stack.use(await startPeer(name, { databaseUrl, secret: jwtSecret }))
  subjects.push(await prepare(peer))
}
await checkResponses()
print(
  `${connections} connections, rounds: ${values.rounds} of ${duration} s, in turns. First comes the processor time of the server for one request.`,
)

for (const work of ['list', 'deep', 'pages', 'read', 'create'].filter(wanted)) {
  const results = await alternate((subject) => drive(subject.peer, load(subject, work)))
  report(work, results)
}
if (wanted('storm')) {
  for (const work of ['list', 'read'])
    report(`${work} in a storm`, await alternate((subject) => inStorm(subject, work)), 'p99')
}
if (wanted('log-in')) await logIns()
await sql.end()
if (values.check) {
  for (const line of failed) print(`FAILED: ${line}: over ${gross} times the aim.`)
  print(`\n${checked} ratios checked, ${failed.length} over ${gross} times their aims.`)
  if (failed.length > 0 || checked === 0) process.exitCode = 1
}

function load({ works }: Subject, work: string): Load {
  return { requests: works[work] ?? [], connections, duration }
}

/** In the order A B A B …, so that a disturbance of the machine affects all peers. */
async function alternate(measure: (subject: Subject) => Promise<Measured>): Promise<Map<string, Measured[]>> {
  const results = new Map(subjects.map(({ peer }) => [peer.name, [] as Measured[]]))
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const subject of subjects) {
      const measured = await measure(subject)
      if (round >= 0) results.get(subject.peer.name)?.push(measured) // the first run is for warming up
    }
  }
  return results
}

function report(work: string, results: Map<string, Measured[]>, figure: 'cpu' | 'p99' = 'cpu'): void {
  print(`\n${work}`)
  const of = (name: string, key: keyof Measured) => median((results.get(name) ?? []).map((each) => each[key]))
  const own = of('gatepost', figure)
  for (const name of results.keys()) {
    const cells = [
      `${of(name, 'cpu').toFixed(0).padStart(5)} µs`,
      `${of(name, 'rate').toFixed(0).padStart(6)}/s`,
      `p50 ${of(name, 'p50').toFixed(1).padStart(5)} ms`,
      `p99 ${of(name, 'p99').toFixed(1).padStart(6)} ms`,
      `${(of(name, 'memory') / 2 ** 20).toFixed(0).padStart(4)} MiB`,
    ]
    const aim = aims[work]?.[name === 'bare' ? 0 : 1]
    const ratio = own / of(name, figure)
    const compared = `  gatepost ÷ ${name}: ${ratio.toFixed(2)}${aim === undefined ? '' : ` (aim ${aim})`}`
    print(`  ${name.padEnd(9)} ${cells.join('  ')}${name === 'gatepost' ? '' : compared}`)
    if (!values.check || name === 'gatepost' || figure === 'p99' || aim === undefined) continue
    checked++
    if (ratio > aim * gross) failed.push(`${work}, gatepost ÷ ${name}: ${ratio.toFixed(2)}, aim ${aim}`)
  }
}

/** Requests reads or lists while eight clients log in continuously. */
async function inStorm(subject: Subject, work: string): Promise<Measured> {
  const storm = new AbortController()
  const clients = Array.from({ length: 8 }, async () => {
    while (!storm.signal.aborted) {
      const response = await fetch(`${subject.peer.url}/auth/token`, { method: 'POST', headers: basic })
      if (!response.ok) throw new Error(`A log-in responded with ${response.status}.`)
      await response.arrayBuffer()
    }
  })
  const measured = await drive(subject.peer, load(subject, work))
  storm.abort()
  await Promise.all(clients)
  return measured
}

/** Log-ins per second, compared with the maximum of these cores. */
async function logIns(): Promise<void> {
  const [user] = await sql`select password_hash from users where username = 'demo'`
  const startedAt = performance.now()
  for (let i = 0; i < 5; i++) bcrypt.compareSync(password, user?.password_hash)
  const hashTime = (performance.now() - startedAt) / 5000
  const bound = availableParallelism() / hashTime
  print(
    `\nlog-in (one comparison takes ${(hashTime * 1000).toFixed(0)} ms; the cores' bound is ${bound.toFixed(1)}/s)`,
  )
  for (const { peer } of subjects) {
    const requests: autocannon.Request[] = [{ method: 'POST', path: '/auth/token', headers: basic }]
    const { rate } = await drive(peer, {
      requests,
      connections: 8,
      duration: Math.max(duration, logInSeconds),
    })
    print(`  ${peer.name.padEnd(9)} ${rate.toFixed(1)}/s  ÷ bound: ${(rate / bound).toFixed(2)}`)
  }
}

async function prepare(peer: Peer): Promise<Subject> {
  const token = subjects[0]?.token ?? (await logIn(peer))
  const authorization = { authorization: `Bearer ${token}` }
  const [middle] = await sql`
    select id, published_at from posts where id >= (select (min(id) + max(id)) / 2 from posts) order by id limit 1`
  const cursorOf = async (post: postgres.Row | undefined) => {
    const position = [post?.published_at, Number(post?.id)] as const
    return peer.name === 'gatepost' ? deepCursor(position, jwtSecret) : toCursor(...position)
  }
  const some =
    await sql`select id, published_at from posts where status = 'published' order by random() limit 200`
  const pages = await Promise.all(some.map(cursorOf))
  const post = { title: 'A benchmark', body: 'Some words that are written again and again. '.repeat(10) }
  return {
    peer,
    token,
    works: {
      list: [{ method: 'GET', path: '/posts' }],
      deep: [{ method: 'GET', path: `/posts?cursor=${await cursorOf(middle)}` }],
      pages: pages.map((cursor) => ({ method: 'GET', path: `/posts?cursor=${cursor}` })),
      read: some.map(({ id }) => ({ method: 'GET', path: `/posts/${id}`, headers: authorization })),
      create: [
        {
          method: 'POST',
          path: '/posts',
          headers: { ...authorization, 'content-type': 'application/json' },
          body: JSON.stringify(post),
        },
      ],
    },
  }
}

async function logIn(peer: Peer): Promise<string> {
  const response = await fetch(`${peer.url}/auth/token`, { method: 'POST', headers: basic })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (!access_token) throw new Error(`${peer.name} responded to a log-in with ${response.status}.`)
  return access_token
}

/** All peers must return the same data, otherwise the comparison is invalid. */
async function checkResponses(): Promise<void> {
  const [own, ...others] = subjects
  if (!own) return
  for (const work of ['list', 'deep', 'read'] as const) {
    const expected = await responseOf(own, work)
    for (const other of others) {
      assert.deepEqual(
        await responseOf(other, work, own),
        expected,
        `${other.peer.name} returns other data for ${work}`,
      )
    }
  }
}

async function responseOf(subject: Subject, work: string, like: Subject = subject): Promise<unknown> {
  const request = (work === 'read' ? like : subject).works[work]?.[0]
  const headers = request?.headers as Record<string, string> | undefined
  const response = await fetch(subject.peer.url + request?.path, headers ? { headers } : {})
  assert.equal(response.status, 200)
  const { next_cursor, ...body } = (await response.json()) as Record<string, unknown>
  assert.equal(typeof next_cursor, work === 'read' ? 'undefined' : 'string')
  return body
}
