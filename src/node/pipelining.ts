import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Requests of one connection that may wait for those before them. While none is answered Node would go on reading them
 * without end, and hold them all; the answers to those that are refused make it stop.
 */
const maxHeld = 100
const held = new WeakMap<Socket, number>()

/**
 * Node hands over requests that a client sends without waiting for answers (pipelining) all at once. Worked on at the
 * same time, a read would miss the write before it, and of two writes the first could win: RFC 9112, section 9.3.2,
 * allows it for safe methods alone. Its answer gets the connection when those before are done: then its turn has come,
 * unless too many wait already or the client has gone.
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
