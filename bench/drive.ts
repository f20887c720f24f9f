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
  requests: autocannon.Request[]
  connections: number
  /** Seconds. */
  duration: number
}

export interface Measured {
  /** Processor time of the server per request, in microseconds. */
  cpu: number
  /** Requests per second. */
  rate: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Resident memory at the end, in bytes. */
  memory: number
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
export async function drive(peer: Peer, { requests, connections, duration }: Load): Promise<Measured> {
  const before = await peer.usage()
  const result = await autocannon({ url: peer.url, requests, connections, duration })
  const after = await peer.usage()
  const bad = result.non2xx + result.errors + result.timeouts
  if (bad > 0)
    throw new Error(
      `${peer.name} did not respond with success to ${bad} of ${result.requests.total} requests.`,
    )
  return {
    cpu: (after.cpu - before.cpu) / result.requests.total,
    rate: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    memory: after.memory,
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
