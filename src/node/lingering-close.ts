import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Milliseconds without data from the client after which a lingering connection is closed. */
const idle = 5000
/** Milliseconds after which it is closed, even if data still arrives. */
const longest = 30_000

const lingering = new WeakSet<Duplex>()

/**
 * Closes a connection on which the client may still be sending (RFC 9112, section 9.6). It flushes the output, closes
 * this side, and discards input until the client closes its side or the time is over. Closing a socket with unread data
 * would reset the connection, and the client could lose the response.
 */
export function linger(socket: Duplex): void {
  if (socket.destroyed || lingering.has(socket)) return
  lingering.add(socket)
  const close = () => socket.destroy()
  const overall = setTimeout(close, longest).unref()
  const silence = setTimeout(close, idle).unref()
  // Without its listener, Node's parser gets no more data: no further request of this connection is read.
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

/** Whether the connection only waits for its client to close. */
export function isLingering(socket: Duplex): boolean {
  return lingering.has(socket)
}

/** Makes Node linger instead of closing a connection after a response, while `isSending` returns true. */
export function lingerWhile(isSending: (socket: Socket) => boolean): (socket: Socket) => void {
  return (socket) => {
    const destroySoon = socket.destroySoon.bind(socket)
    socket.destroySoon = () => (isSending(socket) ? linger(socket) : destroySoon())
  }
}
