import postgres from 'postgres'
import { openPostgres } from '../src/db/database.ts'
import { createPost } from '../src/posts/create/create-post.ts'
import { median } from './drive.ts'

const connections = 6
const concurrency = 32

interface Rates {
  /** Posts per second. */
  service: number
  bare: number
}

/**
 * Compares the posts per second of `createPost` with those of a bare INSERT … RETURNING. Both use six connections of
 * postgres.js with 32 concurrent calls, in alternation.
 */
export async function insertRates(url: string, authorId: string, rounds = 7, seconds = 1.5): Promise<Rates> {
  const handle = openPostgres({ url, connections, timeout: 60_000 })
  const clients = Array.from({ length: connections }, () => postgres(url, { max: 1 }))
  const author = { id: authorId, role: 'user' as const, sessionId: crypto.randomUUID() }
  const post = { title: 'A benchmark', body: 'Some words that are written again and again. '.repeat(10) }
  let turn = 0
  const service = () => createPost(handle.connect('write'), { author, post })
  const bare = async () => {
    turn = (turn + 1) % connections
    await clients[turn]?.unsafe(
      'insert into posts (author_id, title, body, tags, published_at) values ($1, $2, $3, $4, now()) returning *',
      [author.id, post.title, post.body, '{}'],
      { prepare: true },
    )
  }
  const rates = { service: [] as number[], bare: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    const one = await rateOf(service, seconds)
    const other = await rateOf(bare, seconds)
    if (round < 0) continue // the first run is for warming up
    rates.service.push(one)
    rates.bare.push(other)
  }
  await handle.close()
  await Promise.all(clients.map((client) => client.end()))
  return { service: median(rates.service), bare: median(rates.bare) }
}

async function rateOf(work: () => Promise<unknown>, seconds: number): Promise<number> {
  const startedAt = performance.now()
  let done = 0
  const worker = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      await work()
      done++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (done * 1000) / (performance.now() - startedAt)
}
