import type { AddressInfo } from 'node:net'
import { PerformanceObserver, performance } from 'node:perf_hooks'

/** The settings of a peer, from the benchmark. */
export interface PeerSettings {
  databaseUrl: string
  /** HS256 secret of the tokens. */
  secret: string
}

/** The resources that a peer has used so far. */
export interface Usage {
  /** Processor time of all its threads, in microseconds. */
  cpu: number
  /** Resident memory, in bytes. */
  memory: number
  /** Time that the garbage collector stopped the main thread, in milliseconds. */
  gc: number
  /** Time in which the event loop was busy, in milliseconds. */
  busy: number
}

/** The number of database connections of each peer. */
export const connections = 10

export function settingsOfPeer(): PeerSettings {
  const { DATABASE_URL: databaseUrl = '', JWT_SECRET: secret = '' } = process.env
  return { databaseUrl, secret }
}

/** Sends the address of the peer to the benchmark, and responds to each message with the used resources. */
export function reportTo(benchmark: NodeJS.Process, url: string): void {
  let gc = 0
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gc += duration
  }).observe({ entryTypes: ['gc'] })
  benchmark.on('message', () => {
    const { user, system } = process.cpuUsage()
    const { active: busy } = performance.eventLoopUtilization()
    benchmark.send?.({
      cpu: user + system,
      memory: process.memoryUsage.rss(),
      gc,
      busy,
    } satisfies Usage)
  })
  benchmark.on('disconnect', () => process.exit())
  benchmark.send?.({ url })
}

export function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('It does not listen on a port.')
  return `http://127.0.0.1:${address.port}`
}
