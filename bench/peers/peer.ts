import type { AddressInfo } from 'node:net'

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
}

export function settingsOfPeer(): PeerSettings {
  const { DATABASE_URL: databaseUrl = '', JWT_SECRET: secret = '' } = process.env
  return { databaseUrl, secret }
}

/** Sends the address of the peer to the benchmark, and responds to each message with the used resources. */
export function reportTo(benchmark: NodeJS.Process, url: string): void {
  benchmark.on('message', () => {
    const { user, system } = process.cpuUsage()
    benchmark.send?.({ cpu: user + system, memory: process.memoryUsage.rss() } satisfies Usage)
  })
  benchmark.on('disconnect', () => process.exit())
  benchmark.send?.({ url })
}

export function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('It does not listen on a port.')
  return `http://127.0.0.1:${address.port}`
}
