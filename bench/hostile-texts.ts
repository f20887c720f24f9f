import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { hostileTexts } from '../test/support/hostile-texts.ts'
import { startPostgres } from '../test/support/postgres.ts'
import { startServer } from '../test/support/server.ts'
import { bundleWorker, prepareDatabase, startWorker } from '../test/support/worker.ts'

const help = `Usage: npm run bench:hostile-texts -- [--worker] [--length 100000] [--seconds 1] [--visitors 4] [--only TEXT]

Writes a post of every family of hostile texts (test/support/hostile-texts.ts). While visitors open its page, and then
the page of a revision of it, over and over, GET /healthz is asked every 2 ms. Prints the slowest: p99 and longest
time of /healthz, longest time of the page, and "as written" where it was not rendered. The aims are 50, 250 and
2,000 ms. --worker measures workerd instead of Node; --only takes the families whose names contain a text.`

const print = (line: string) => process.stdout.write(`${line}\n`)

interface Visit {
  address: string
  cookie: string
  until: number
}

/**
 * Requests a page until the time is over. Returns the longest response time, and whether the text was shown unrendered.
 */
async function visit({ address, cookie, until }: Visit) {
  let slowest = 0
  let isUnrendered = false
  do {
    const startedAt = performance.now()
    const response = await fetch(address, { headers: { cookie } })
    const text = await response.text()
    if (response.status !== 200)
      throw new Error(`${address} responded with ${response.status}: ${text.slice(0, 500)}`)
    slowest = Math.max(slowest, performance.now() - startedAt)
    isUnrendered = /as it was written|differ too much/.test(text)
  } while (Date.now() < until)
  return { slowest, isUnrendered }
}

/** The response time of each GET /healthz, in milliseconds. */
async function probe(url: string, until: number): Promise<number[]> {
  const times: number[] = []
  while (Date.now() < until) {
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
      const data = { address: url + page, cookie, until: Date.now() + 1000 * seconds, visitors }
      const worker = new Worker(new URL(import.meta.url), { workerData: data })
      const [times, [results]] = await Promise.all([probe(url, data.until), once(worker, 'message')])
      rows.push({
        name: page.includes('revisions') ? `${name} (revision)` : name,
        p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
        worst: times.at(-1) ?? Number.NaN,
        page: Math.max(...results.map(({ slowest }: { slowest: number }) => slowest)),
        isUnrendered: results.some((result: { isUnrendered: boolean }) => result.isUnrendered),
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
    `${rows.length} pages: p99 ${max('p99')}, worst ${max('worst')}, page ${max('page')} ms; ${over.length} miss an aim`,
  )
}

if (isMainThread) {
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
} else {
  const { visitors, ...data } = workerData
  parentPort?.postMessage(await Promise.all(Array.from({ length: visitors }, () => visit(data))))
}
