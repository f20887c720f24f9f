import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { hostileTexts } from '../test/support/hostile-texts.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { startServer } from '../test/support/server.ts'
import { bundleWorker, prepareDatabase, startWorker } from '../test/support/worker.ts'
import type { Visited } from './hostile-visitors.ts'

const help = `Usage: npm run bench:hostile-texts -- [--worker] [--length 100000] [--seconds 1] [--visitors 4] [--only TEXT]

Writes a post of every family of hostile texts (test/support/hostile-texts.ts). While visitors open its page, and then
the page of a revision of it, over and over, GET /healthz is asked every 2 ms. Prints the slowest: p99 and longest
time of /healthz, longest time of the page, and "as written" where it was not rendered. The aims are 50, 250 and
2,000 ms. --worker measures workerd instead of Node; --only takes the families whose names contain a text.`

const print = (line: string) => process.stdout.write(`${line}\n`)

/** Milliseconds that each GET /healthz took, until the visitors have gone. */
async function probe(url: string, gone: AbortSignal): Promise<number[]> {
  const times: number[] = []
  while (!gone.aborted) {
    const startedAt = performance.now()
    const response = await fetch(`${url}/healthz`)
    await response.arrayBuffer()
    times.push(performance.now() - startedAt)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return times.sort((a, b) => a - b)
}

async function post(url: string, path: string, init: { token?: string; json: object; method?: string }) {
  const response = await fetch(url + path, {
    method: init.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...(init.token && { authorization: init.token }) },
    body: JSON.stringify(init.json),
  })
  if (!response.ok) throw new Error(`${path} responded with ${response.status}: ${await response.text()}`)
  return (await response.json()) as { id: number; access_token: string }
}

async function cookieOf(url: string, account: Record<string, string>): Promise<string> {
  const response = await fetch(`${url}/app/log-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(account),
  })
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}

interface Options {
  length: number
  seconds: number
  visitors: number
  only: string
}

async function measure(url: string, { length, seconds, visitors, only }: Options): Promise<void> {
  const account = { username: 'hostile', email: 'hostile@example.com', password: 'a long enough password' }
  const { access_token: token } = await post(url, '/users', { json: account })
  const cookie = await cookieOf(url, account)
  let visits = 0
  // Started once: a thread of its own, since reading a page takes time too, which is not the server's.
  const thread = new Worker(new URL('./hostile-visitors.ts', import.meta.url))
  await once(thread, 'online')
  const rows: { name: string; p99: number; worst: number; page: number; isUnrendered: boolean }[] = []
  for (const [name, make] of Object.entries(hostileTexts)) {
    if (!name.includes(only)) continue
    const body = make(length).slice(0, length - 1)
    const { id } = await post(url, '/posts', {
      token,
      json: { title: 'Hostile', body: `${[...body].reverse().join('')}.` },
    })
    await post(url, `/posts/${id}`, {
      method: 'PATCH',
      token,
      json: { body: /\S/.test(body) ? body : `${body.slice(1)}a` },
    })
    for (const page of [`/app/posts/${id}`, `/app/posts/${id}/revisions/1`]) {
      const gone = new AbortController()
      const probing = probe(url, gone.signal)
      thread.postMessage({ address: url + page, cookie, milliseconds: 1000 * seconds, visitors })
      const [results] = (await once(thread, 'message')) as [Visited[]]
      gone.abort()
      const times = await probing
      visits += results.reduce((sum, { count }) => sum + count, 0)
      rows.push({
        name: page.includes('revisions') ? `${name} (revision)` : name,
        p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
        worst: times.at(-1) ?? Number.NaN,
        page: Math.max(...results.map(({ slowest }) => slowest)),
        isUnrendered: results.some((result) => result.isUnrendered),
      })
    }
  }
  rows.sort((a, b) => b.p99 - a.p99)
  const aims = [50, 250, 2000]
  for (const { name, p99, worst, page, isUnrendered } of rows.slice(0, 25)) {
    const figures = [p99, worst, page].map((value) => value.toFixed(0).padStart(6))
    print(
      `${name.padEnd(40)} p99 ${figures[0]} worst ${figures[1]} page ${figures[2]} ms ${isUnrendered ? 'as written' : ''}`,
    )
  }
  const over = rows.filter(({ p99, worst, page }) =>
    [p99, worst, page].some((value, i) => value > (aims[i] ?? 0)),
  )
  const max = (name: 'p99' | 'worst' | 'page') => Math.max(...rows.map((row) => row[name])).toFixed(0)
  print(
    `${rows.length} pages, ${visits} visits: p99 ${max('p99')}, worst ${max('worst')}, page ${max('page')} ms; ${over.length} miss an aim`,
  )
  await thread.terminate()
}

const { values } = parseArgs({
  options: {
    worker: { type: 'boolean' },
    length: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '1' },
    visitors: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  print(help)
  process.exit(0)
}
const options = {
  length: Number(values.length),
  seconds: Number(values.seconds),
  visitors: Number(values.visitors),
  only: values.only,
}
await using database = await startPostgres()
const databaseUrl = await database.createDatabase('hostile')
if (values.worker) {
  await prepareDatabase(databaseUrl)
  await using bundle = await bundleWorker()
  await using server = await startWorker({ bundle, databaseUrl })
  await measure(server.url, options)
} else {
  await using server = await startServer({ DATABASE_URL: databaseUrl })
  await measure(server.url, options)
}
