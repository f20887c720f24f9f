import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection with the answer that is being worked on; Node tells it by this name alone. */
type Connection = Socket & { _httpMessage?: ServerResponse | null }

/**
 * Gives a function that closes the server: it takes no new connections, answers the requests under way and waits for
 * nothing else. What is left after `timeout` milliseconds is cut off.
 */
export function gracefulClose(server: Server): (timeout: number) => Promise<void> {
  const connections = new Set<Connection>()
  let isClosing = false

  server.on('connection', (socket: Connection) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    if (isClosing) response.shouldKeepAlive = false
  })

  return async (timeout) => {
    isClosing = true
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve()) // ends connections that are idle now; Node 26 keeps those that become so later
    for (const connection of connections) endAfterAnswer(connection)
    const timer = setTimeout(() => server.closeAllConnections(), timeout)
    await promise
    clearTimeout(timer)
  }
}

function endAfterAnswer(connection: Connection): void {
  const { _httpMessage: response } = connection
  if (!response) {
    // Browsers connect in advance: without a first byte there is nothing to answer.
    if (connection.bytesRead === 0) connection.destroy()
  } else if (response.headersSent) {
    response.once('finish', () => connection.end())
  } else {
    response.shouldKeepAlive = false
  }
}
