import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createContract } from './contract.ts'
import { createTestApp } from './in-process.ts'

/** What happens instead of a normal response. */
type Interference =
  /** The request is executed, but the connection breaks before the response. */
  | 'cut'
  /** The request is not executed; the connection breaks in the middle of a response. */
  | 'half'
  /** The request never gets a response. */
  | 'hang'
  /** The request is not executed; this is the response. */
  | { status: number; headers?: Record<string, string>; body?: string }

/**
 * The app behind a real HTTP server in this process. Tests can interfere with its responses, which are checked
 * against the document.
 */
export interface HttpApp {
  url: string
  /** Every received request, such as `GET /posts?limit=2`. */
  requests: { line: string; headers: IncomingMessage['headers'] }[]
  /** The server’s clock: milliseconds since 1970. */
  clock: { now: number }
  /** Called for each request. */
  interfere: (line: string) => Interference | undefined
  close(): Promise<void>
}

export async function serveApp(env: Record<string, string> = {}): Promise<HttpApp> {
  const clock = { now: Date.now() }
  const app = await createTestApp(env, { now: () => clock.now })
  const document = await app.fetch(new Request('http://localhost/openapi.json'))
  const contract = createContract((await document.json()) as object)

  const checked = async (request: Request): Promise<Response> => {
    const { method, url, headers: requestHeaders } = request
    const response = await app.fetch(request)
    const body = new Uint8Array(await response.clone().arrayBuffer())
    const { pathname, search } = new URL(url)
    const { status, headers } = response
    contract.check({ method, path: pathname + search, status, headers, body, requestHeaders })
    return response
  }
  const respond = getRequestListener(checked)
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method} ${incoming.url}`
    http.requests.push({ line, headers: incoming.headers })
    const interference = http.interfere(line)
    if (interference === 'hang') return
    if (typeof interference === 'object') {
      outgoing.writeHead(interference.status, {
        'content-length': interference.body?.length ?? 0,
        ...interference.headers,
      })
      outgoing.end(interference.body)
      return
    }
    if (interference === 'half') {
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
      outgoing.write('{"id": ', () => outgoing.destroy())
      return
    }
    if (interference === 'cut') outgoing.writeHead = () => outgoing.destroy()
    respond(incoming, outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const http: HttpApp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    clock,
    interfere: () => undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await app.close()
    },
  }
  return http
}
