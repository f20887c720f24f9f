import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A small load balancer: sends requests to the ready servers in rotation. */
export interface Balancer extends AsyncDisposable {
  url: string
  /** The number of requests sent to each server, by port. */
  counts: Map<number, number>
  /** Replaces one server by another. */
  replace(old: number, next: number): void
}

/** Milliseconds between two checks of the readiness of a server. */
const checkInterval = 50

export async function balance(ports: readonly number[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true })
  const isReady = new Map(ports.map((port) => [port, true]))
  const counts = new Map<number, number>()
  let turn = 0

  const next = (tried: ReadonlySet<number>) => {
    const candidates = [...isReady].filter(([port, ready]) => ready && !tried.has(port)).map(([port]) => port)
    return candidates[turn++ % candidates.length]
  }

  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await buffer(incoming)
    const tried = new Set<number>()
    for (let port = next(tried); port !== undefined; port = next(tried)) {
      tried.add(port)
      counts.set(port, (counts.get(port) ?? 0) + 1)
      try {
        const response = await ask(port, incoming, body, agent)
        outgoing.writeHead(response.statusCode ?? 502, withoutConnection(response.headers))
        return void response.pipe(outgoing)
      } catch (error) {
        // A request may be sent again only if no server has received it.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') break
      }
    }
    outgoing.writeHead(502).end()
  }

  const look = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await response?.body?.cancel()
    if (isReady.has(port)) isReady.set(port, response?.status === 200)
  }
  const looking = setInterval(() => [...isReady.keys()].forEach(look), checkInterval)

  const server = createServer(forward)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    replace: (old, port) => {
      isReady.delete(old)
      isReady.set(port, true)
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(looking)
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function ask(port: number, { method, url, headers, socket }: IncomingMessage, body: Buffer, agent: Agent) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const forwarded = { ...withoutConnection(headers), 'x-forwarded-for': socket.remoteAddress }
  request({ port, host: '127.0.0.1', method, path: url, headers: forwarded, agent })
    .on('response', resolve)
    .on('error', reject)
    .end(body)
  return promise
}

function withoutConnection({ connection: _, ...headers }: IncomingMessage['headers']) {
  return headers
}
