import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import type { PeerSettings, Usage } from './peers/peer.ts'

export interface Peer extends AsyncDisposable {
  name: string
  url: string
  usage(): Promise<Usage>
}

/** The load for one peer. */
export interface Load {
  /** The requests of one connection, which it repeats until the end. */
  requestsOf(connection: number): autocannon.Request[]
  connections: number
  /** Seconds. */
  duration: number
}

export interface Measured {
  /** Processor time of the server per request, in microseconds. */
  cpu: number
  /** Processor time of the database per request, in microseconds. */
  database: number
  /** Requests per second. */
  rate: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Resident memory at the end, in bytes. */
  memory: number
  /** Garbage collection as a share of the time in which the event loop was busy. */
  gc: number
}

/** Starts `bench/peers/NAME.ts` as a separate process. */
export async function startPeer(name: string, { databaseUrl, secret }: PeerSettings): Promise<Peer> {
  // The same options as in `npm start`.
  const flags = name === 'gatepost' ? ['--max-semi-space-size=16'] : []
  const environment = name === 'gatepost' ? { MALLOC_ARENA_MAX: '1' } : {}
  const { PATH, HOME } = process.env
  const child = fork(new URL(`peers/${name}.ts`, import.meta.url), {
    execArgv: flags,
    env: { PATH, HOME, DATABASE_URL: databaseUrl, JWT_SECRET: secret, ...environment },
  })
  const { url } = await messageOf<{ url: string }>(child)
  const usage = () => {
    const response = messageOf<Usage>(child)
    child.send('usage')
    return response
  }
  const stop = async () => {
    child.disconnect()
    await once(child, 'exit')
  }
  return { name, url, usage, [Symbol.asyncDispose]: stop }
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const done = new AbortController()
  const { signal } = done
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`A peer ended with ${code}.`)
      }),
    ])
    return message
  } finally {
    done.abort()
  }
}

/** Sends requests to a peer as fast as it responds. @throws if a response is not successful */
export async function drive(peer: Peer, load: Load, databaseTime: () => number): Promise<Measured> {
  const [before, databaseBefore] = [await peer.usage(), databaseTime()]
  const { times, rate } = await send(peer.url, load)
  const [after, databaseAfter] = [await peer.usage(), databaseTime()]
  const sorted = times.sort((a, b) => a - b)
  return {
    cpu: (after.cpu - before.cpu) / sorted.length,
    database: (databaseAfter - databaseBefore) / sorted.length,
    rate,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    memory: after.memory,
    gc: (after.gc - before.gc) / (after.busy - before.busy),
  }
}

/** Sends requests and returns the response times in milliseconds. @throws if a response is not successful */
export async function send(url: string, { requestsOf, connections, duration }: Load) {
  const times: number[] = []
  let opened = 0
  const setupClient = (client: autocannon.Client) => {
    client.setRequests(requestsOf(opened++))
    client.on('response', (_status, _bytes, time) => times.push(time)) // autocannon's own statistics have whole milliseconds
  }
  const result = await autocannon({ url, connections, duration, setupClient })
  const { requests, duration: seconds, non2xx, errors, timeouts } = result
  const bad = non2xx + errors + timeouts
  if (bad > 0) throw new Error(`${url} did not respond with success to ${bad} of ${requests.total} requests.`)
  return { times, rate: requests.total / seconds }
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

/** The quantile of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
