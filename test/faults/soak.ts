import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { start, temporaryFolder } from '../node/fixtures/gatepost.ts'
import { startPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { everydayRequests, startLoad } from './load.ts'
import { logIn } from './service.ts'

// npm run test:soak -- --minutes 30 --rate 100 [--embedded]
// Prints memory and responses of each minute. Fails if a request fails or the memory keeps growing.

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '100' },
    embedded: { type: 'boolean', default: false },
  },
})
const minutes = Number(values.minutes)
const rate = Number(values.rate)

/**
 * Allowed growth of memory from the first third of the run to the last. A leak of 1 kB a request is 60 MB in ten
 * minutes.
 */
const tolerated = { factor: 1.15, megabytes: 15 }

/** Access tokens that live longer than the run, and cheap password hashes. */
const settings = { ACCESS_TOKEN_TTL: '1d', BCRYPT_COST: '4' }

const server = values.embedded ? undefined : await startPostgres()
const folder = temporaryFolder()
const service = await start(folder.path, { ...settings, DATABASE_URL: server?.url })
const token = await logIn(service.url)
const load = startLoad({ url: service.url, rate, next: everydayRequests(token, rootAdmin) })
const samples: number[] = []
const startedAt = performance.now()

print(
  `${rate} requests a second for ${minutes} minutes on ${server ? 'PostgreSQL' : 'the embedded database'}`,
)
print(' minute  resident MB  heap MB  responses  failures  slowest ms')
for (let second = 1; second <= minutes * 60; second++) {
  await wait(Math.max(0, startedAt + second * 1000 - performance.now()))
  samples.push(residentMegabytes(service.pid))
  if (second % 60 === 0) await printMinute(second / 60)
}
const { statuses, failures, refusals } = await load.stop()
const exit = await service.end('SIGTERM', 20_000, 'SIGKILL')
await server?.stop()
await folder[Symbol.asyncDispose]()

const third = Math.floor(samples.length / 3)
const [early, late] = [median(samples.slice(third / 2, third)), median(samples.slice(-third))]
const isGrowing = late > early * tolerated.factor + tolerated.megabytes
print(`Answers by status: ${JSON.stringify(statuses)}; after SIGTERM: ${exit}`)
print(`Memory: ${early.toFixed(0)} MB early, ${late.toFixed(0)} MB late${isGrowing ? ': it grows' : ''}`)
for (const { code, path } of failures.slice(0, 5)) print(`Failed: ${path} (${code})`)
for (const { status, path, body } of refusals.slice(0, 5)) print(`Refused: ${path} ${status} ${body}`)
process.exit(isGrowing || failures.length + refusals.length > 0 || exit !== 0 ? 1 : 0)

async function printMinute(minute: number) {
  const { outcome } = load
  const responses = Object.values(outcome.statuses).reduce((sum, count) => sum + count, 0)
  const columns = [
    String(minute).padStart(7),
    median(samples.slice(-60)).toFixed(0).padStart(12),
    (await heapMegabytes()).padStart(8),
    String(responses).padStart(8),
    String(outcome.failures.length + outcome.refusals.length).padStart(9),
    outcome.slowest.toFixed(0).padStart(11),
  ]
  print(columns.join(' '))
  outcome.slowest = 0
}

/** The heap size in the metrics, if they are enabled. */
async function heapMegabytes(): Promise<string> {
  const metrics = await fetch(`${service.url}/metrics`).then((response) => response.text(), String)
  const [, used] = /^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics) ?? []
  return used === undefined ? '?' : (Number(used) / 1024 / 1024).toFixed(0)
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

function print(line: string) {
  process.stdout.write(`${line}\n`)
}
