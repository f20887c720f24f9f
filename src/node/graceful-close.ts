import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'

/** A connection with the answer that is being worked on; Node tells it by this name alone. */
type Connection = Socket & { _httpMessage?: ServerResponse | null }

interface Patience {
  /** Milliseconds in which everything is still accepted, while load balancers take notice. */
  delay: number
  /** Milliseconds from now, the delay among them, after which what is left is cut off. */
  timeout: number
}

/** Milliseconds for the first byte on a new connection: its request may be on its way. */
const firstByte = 250

/**
 * Gives a function that closes the server without failing a request. From now on each answer asks the client to
 * leave (`Connection: close`); after the delay nothing new is accepted, idle connections are closed, and the
 * requests under way are answered.
 */
export function gracefulClose(server: Server): (patience: Patience) => Promise<void> {
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
    for (const connection of connections) endAfterAnswer(connection)
    const timer = setTimeout(() => server.closeAllConnections(), timeout)
    await wait(Math.min(delay, timeout))
    await everybodyIsIn(() => accepted)
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve()) // ends connections that are idle now; Node 26 keeps those that become so later
    const silence = setTimeout(() => endSilent(connections), firstByte)
    await promise
    clearTimeout(silence)
    clearTimeout(timer)
  }
}

/** Turns of the event loop after which the door is closed even if somebody has come in each of them. */
const mostTurns = 1000

/** Connections that the kernel has made would be reset; Node takes one from it in each turn of the event loop. */
async function everybodyIsIn(accepted: () => number): Promise<void> {
  for (let turn = 0, before = -1; turn < mostTurns && before !== accepted(); turn++) {
    before = accepted()
    await setImmediate()
  }
}

function endAfterAnswer(connection: Connection): void {
  const { _httpMessage: response } = connection
  if (!response) return
  if (response.headersSent) response.once('finish', () => connection.end())
  else response.shouldKeepAlive = false
}

/** Browsers connect in advance: without a first byte there is nothing to answer. */
function endSilent(connections: Iterable<Connection>): void {
  for (const connection of connections) if (connection.bytesRead === 0) connection.destroy()
}
