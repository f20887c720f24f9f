import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The maximum number of waiting requests on one connection. Without responses, Node would keep reading and storing
 * requests; a refusal makes it stop.
 */
const maxWaiting = 100
const waiting = new WeakMap<Socket, number>()

/**
 * Runs the requests of one connection one after another. A client may send several without waiting for responses
 * (pipelining), and Node passes them on together. Run concurrently, a read could miss the write before it, and of two
 * writes the first could win; RFC 9112, section 9.3.2, allows concurrency only for safe methods. A request starts when
 * its response gets the connection, unless too many requests wait or the client has disconnected.
 */
export async function waitForTurn(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<'ready' | 'refused' | 'closed'> {
  const { socket } = request
  if (waitingOn(socket) >= maxWaiting) return 'refused'
  waiting.set(socket, waitingOn(socket) + 1)
  try {
    return await new Promise((resolve) => {
      response.once('socket', () => resolve('ready'))
      request.once('close', () => resolve('closed'))
    })
  } finally {
    waiting.set(socket, waitingOn(socket) - 1)
  }
}

function waitingOn(socket: Socket): number {
  return waiting.get(socket) ?? 0
}
