import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Config } from '../config/config.ts'
import { corsHeaders } from '../http/cors.ts'
import { allowEarlyResponses } from './early-responses.ts'
import { type OnRefused, refuseUnreadable } from './unreadable-requests.ts'

/** The server cannot start. The message states why and what to do. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Milliseconds until all headers of a request must have arrived, unless REQUEST_TIMEOUT is shorter. */
const headersTimeout = 20_000

/** A connection is closed after REQUEST_TIMEOUT plus this many milliseconds without data in either direction. */
const silence = 30_000

/** The server with all its limits. It does not listen yet. */
export function createHttpServer(config: Config, onRefused?: OnRefused): Server {
  const { REQUEST_TIMEOUT, MAX_CONNECTIONS, CORS_ORIGINS } = config
  const requestTimeout = REQUEST_TIMEOUT * 1000
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    requestTimeout,
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    connectionsCheckingInterval: 1000, // the default of 30 s is too coarse for these timeouts
    requireHostHeader: false, // refused elsewhere, with a problem
  })
  server.keepAliveTimeout = 75_000 // longer than the keep-alive time of most load balancers
  server.timeout = requestTimeout + silence
  server.maxConnections = MAX_CONNECTIONS
  // Node would respond to an unknown expectation with 417 and no body. It may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('clientError', (error, socket) => refuseUnreadable(error, socket, CORS_ORIGINS, onRefused))
  allowEarlyResponses(server, config)
  // Also for refusals before the app, which itself sets the same headers.
  server.on('request', ({ headers: { origin } }, response) => {
    if (origin === undefined) return
    for (const [name, value] of Object.entries(corsHeaders(CORS_ORIGINS, origin)))
      response.setHeader(name, value)
  })
  return server
}

interface ListenOptions {
  /** Whether other worker processes listen on the same address. */
  isShared?: boolean
}

/**
 * If possible, the kernel spreads connections over the processes that share an address. A process that stops has then
 * accepted its waiting connections; connections that Node's primary process passes on would be reset.
 */
const isReusePortSupported = process.platform === 'linux'

/** Starts listening. @throws StartError if the address is not available */
export async function listen(
  server: Server,
  { PORT, HOST, NODE_ENV }: Config,
  { isShared = false }: ListenOptions = {},
): Promise<void> {
  const host = HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) =>
    reject(new StartError(listenErrorMessage(error, host, PORT))),
  )
  server.listen({ port: PORT, host, reusePort: isShared && isReusePortSupported }, resolve)
  await promise
}

/** Checks that the address is available, and releases it again. @throws StartError */
export async function checkAddress(config: Config): Promise<void> {
  const server = createServer()
  await listen(server, config)
  await new Promise((resolve) => server.close(resolve))
}

function listenErrorMessage(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is already in use on ${host}. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`
  }
  if (error.code === 'EACCES')
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `HOST is ${host}, which is no address of this machine. Use 127.0.0.1 for this machine alone or 0.0.0.0 for all.`
  }
  return `Cannot listen on ${host} port ${port} (${error.code}). Check HOST and PORT.`
}

/** The URL for a browser on this machine. */
export function urlOf(server: Server, { PUBLIC_URL }: Config): string {
  if (PUBLIC_URL) return PUBLIC_URL
  const { address, port, family } = server.address() as AddressInfo // it is text only for a Unix socket
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address
  return `http://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`
}
