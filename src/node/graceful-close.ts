import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'

/** A connection with its running response, which Node has only under this name. */
type Connection = Socket & { _httpMessage?: ServerResponse | null }

interface CloseTimeouts {
  /** Milliseconds in which new connections are still accepted, until load balancers have noticed. */
  delay: number
  /** Milliseconds from now, including the delay, after which the remaining connections are cut. */
  timeout: number
}

/** Milliseconds to wait for the first byte on a new connection, whose request may be on its way. */
const firstByte = 250

/**
 * Returns a function that closes the server without failing a request. From then on, each response asks the client to
 * disconnect (`Connection: close`). After the delay, nothing new is accepted, idle connections are closed, and running
 * requests are finished.
 */
export function gracefulClose(server: Server): (timeouts: CloseTimeouts) => Promise<void> {
  const connections = new Set<Connection>()
  let isClosing = false
  let accepted = 0

  server.on('connection', (socket: Connection) => {
    accepted++
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing) response.shouldKeepAlive = false
  })

  return async ({ delay, timeout }) => {
    isClosing = true
    for (const connection of connections) endAfterResponse(connection)
    const timer = setTimeout(() => server.closeAllConnections(), timeout)
    await wait(Math.min(delay, timeout))
    await acceptQueued(() => accepted)
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve()) // closes idle connections now; Node 26 does not close those that become idle later
    const silentTimer = setTimeout(() => destroySilent(connections), firstByte)
    await promise
    clearTimeout(silentTimer)
    clearTimeout(timer)
  }
}

/** The maximum number of ticks to wait for new connections before the server stops accepting. */
const maxTicks = 1000

/** The kernel would reset connections in its queue. Node accepts one of them in each tick of the event loop. */
async function acceptQueued(accepted: () => number): Promise<void> {
  for (let tick = 0, before = -1; tick < maxTicks && before !== accepted(); tick++) {
    before = accepted()
    await setImmediate()
  }
}

function endAfterResponse(connection: Connection): void {
  const { _httpMessage: response } = connection
  if (!response) return
  if (response.headersSent) response.once('finish', () => connection.end())
  else response.shouldKeepAlive = false
}

/** Browsers connect in advance: without a first byte, there is no request. */
function destroySilent(connections: Iterable<Connection>): void {
  for (const connection of connections) if (connection.bytesRead === 0) connection.destroy()
}
