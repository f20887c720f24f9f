import { parentPort } from 'node:worker_threads'

// A thread of bench/hostile-texts.ts: visitors that open one page over and over.

interface Visit {
  address: string
  cookie: string
  milliseconds: number
}

export interface Visited {
  count: number
  /** Milliseconds. */
  slowest: number
  /** Whether the text was shown as it was written, not rendered. */
  isUnrendered: boolean
}

/** Opens a page until the time is up, at least twice. */
async function visit({ address, cookie, milliseconds }: Visit): Promise<Visited> {
  const until = Date.now() + milliseconds
  const visited: Visited = { count: 0, slowest: 0, isUnrendered: false }
  while (visited.count < 2 || Date.now() < until) {
    const startedAt = performance.now()
    const response = await fetch(address, { headers: { cookie } })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${address}: ${response.status} ${text.slice(0, 500)}`)
    visited.slowest = Math.max(visited.slowest, performance.now() - startedAt)
    visited.isUnrendered = /as it was written|differ too much/.test(text)
    visited.count++
  }
  return visited
}

parentPort?.on('message', async ({ visitors, ...page }: Visit & { visitors: number }) => {
  parentPort?.postMessage(await Promise.all(Array.from({ length: visitors }, () => visit(page))))
})
