import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { loadDemo } from '../src/commands/demo.ts'
import { parseConfig } from '../src/config/config.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { startServer, type TestServer } from '../test/support/server.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { cursorMaker } from './cursors.ts'
import { median, quantile } from './drive.ts'

const help = `Usage: npm run bench:lists -- [--posts 1000000] [--small 10000] [--rounds 200] [--database URL]

Loads demo posts into two PostgreSQL databases, a large and a small one, and compares lists over HTTP, one request at
a time, alternating in one run: first and deep pages, the large and the small table, and searches. --database names
a large database that is loaded already.`

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '200' },
    database: { type: 'string' },
    help: { type: 'boolean' },
  },
})

const print = (line: string) => process.stdout.write(`${line}\n`)
if (values.help) {
  print(help)
  process.exit(0)
}
const rounds = Number(values.rounds)

async function load(url: string, posts: number): Promise<void> {
  const settings = { DATABASE_URL: url, JWT_SECRET: jwtSecret, DATABASE_TIMEOUT: '600', BCRYPT_COST: '4' }
  await loadDemo(parseConfig(settings), { users: 1000, posts })
  const sql = postgres(url, { max: 1 })
  await sql`vacuum analyze`
  await sql.end()
}

/** The response times of each case in milliseconds, measured in alternation. */
async function measure(cases: Record<string, () => Promise<unknown>>): Promise<Map<string, number[]>> {
  const times = new Map(Object.keys(cases).map((name) => [name, [] as number[]]))
  for (let round = -20; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const startedAt = performance.now()
      await run()
      if (round >= 0) times.get(name)?.push(performance.now() - startedAt)
    }
  }
  return times
}

/** Requests a page and checks the response. */
async function page(server: TestServer, query: string): Promise<void> {
  const response = await fetch(`${server.url}/posts?${query}`)
  const body = (await response.json()) as { items?: unknown[] }
  if (!body.items) throw new Error(`?${query} responded with ${response.status}: ${JSON.stringify(body)}`)
}

/** The cursor of a page in the middle of all posts. */
async function cursorInTheMiddle(sql: postgres.Sql): Promise<string> {
  const [row] = await sql`
    select id, published_at from posts where id >= (select (min(id) + max(id)) / 2 from posts) order by id limit 1`
  const cursorOf = await cursorMaker(jwtSecret)
  return cursorOf(row?.published_at, Number(row?.id))
}

await using database = await startPostgres({ flags: ['-c', 'shared_buffers=1GB', '-c', 'max_wal_size=4GB'] })
const smallUrl = await database.createDatabase('small')
const largeUrl = values.database ?? (await database.createDatabase('large'))
await load(smallUrl, Number(values.small))
if (!values.database) await load(largeUrl, Number(values.posts))

await using small = await startServer({ DATABASE_URL: smallUrl })
await using large = await startServer({ DATABASE_URL: largeUrl })
const sql = postgres(largeUrl, { max: 1 })
const deep = `cursor=${await cursorInTheMiddle(sql)}`

const times = await measure({
  'first page': () => page(large, 'limit=20'),
  'deep page': () => page(large, `limit=20&${deep}`),
  'first page, small table': () => page(small, 'limit=20'),
  'a frequent word': () => page(large, 'q=patience'),
  'two words': () => page(large, 'q=telescope+patience'),
  'no hit': () => page(large, 'q=nowhere'),
  'by relevance': () => page(large, 'q=telescope&sort=relevance'),
  'a tag': () => page(large, 'tag=food'),
  'an unknown tag': () => page(large, 'tag=nowhere'),
})

for (const [name, list] of times) {
  list.sort((a, b) => a - b)
  print(
    `${name.padEnd(24)} p50 ${quantile(list, 0.5).toFixed(2).padStart(8)} ms   p99 ${quantile(list, 0.99).toFixed(2).padStart(8)} ms`,
  )
}
const ratio = (one: string, other: string) =>
  (median(times.get(one) ?? []) / median(times.get(other) ?? [])).toFixed(2)
print(`deep ÷ first page: ${ratio('deep page', 'first page')} (at most 1.2)`)
print(`large ÷ small table: ${ratio('first page', 'first page, small table')} (at most 1.3)`)
await sql.end()
