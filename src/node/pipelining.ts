import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The maximum number of waiting requests on one connection. Without responses, Node would keep reading and storing
 * requests; a refusal makes it stop.
 */
const maxHeld = 100
const held = new WeakMap<Socket, number>()

/**
 * Runs the requests of one connection one after another. A client may send several without waiting for responses
 * (pipelining), and Node passes them on together. Run concurrently, a read could miss the write before it, and of two
 * writes the first could win; RFC 9112, section 9.3.2, allows concurrency only for safe methods. A request starts when
 * its response gets the connection, unless too many requests wait or the client has disconnected.
 */
export async function turnOf(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<'come' | 'refused' | 'gone'> {
  const { socket } = request
  if (heldOn(socket) >= maxHeld) return 'refused'
  held.set(socket, heldOn(socket) + 1)
  try {
    return await new Promise((resolve) => {
      response.once('socket', () => resolve('come'))
      request.once('close', () => resolve('gone'))
    })
  } finally {
    held.set(socket, heldOn(socket) - 1)
  }
}

function heldOn(socket: Socket): number {
  return held.get(socket) ?? 0
}
