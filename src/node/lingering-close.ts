import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Milliseconds without a byte of the client after which a connection that lingers is closed. */
const idle = 5000
/** Milliseconds after which it is closed however much still comes. */
const longest = 30_000

const lingering = new WeakSet<Duplex>()

/**
 * Ends a connection on which the client may still be sending (RFC 9112, section 9.6): what was written goes out, then
 * this side is closed, and what comes is read and forgotten until the client closes its side, or for a while. A socket
 * that is closed with unread bytes is reset, and the reset can take the response from the client.
 */
export function linger(socket: Duplex): void {
  if (socket.destroyed || lingering.has(socket)) return
  lingering.add(socket)
  const close = () => socket.destroy()
  const overall = setTimeout(close, longest).unref()
  const silence = setTimeout(close, idle).unref()
  // Without its listener the parser of Node gets nothing more: no request of this connection is read any more.
  socket.removeAllListeners('data')
  socket.on('data', () => silence.refresh())
  socket.once('end', close)
  socket.once('close', () => {
    clearTimeout(overall)
    clearTimeout(silence)
  })
  socket.end()
  socket.resume()
}

/** Whether the connection is only waiting for its client to notice. */
export function isLingering(socket: Duplex): boolean {
  return lingering.has(socket)
}

/** Makes Node linger, where it would close a connection after a response while `isSending` says so. */
export function lingerWhile(isSending: (socket: Socket) => boolean): (socket: Socket) => void {
  return (socket) => {
    const destroySoon = socket.destroySoon.bind(socket)
    socket.destroySoon = () => (isSending(socket) ? linger(socket) : destroySoon())
  }
}
