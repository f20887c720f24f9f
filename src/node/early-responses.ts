import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isLingering, lingerWhile } from './lingering-close.ts'

// Many responses are known before the body has come: 401, 404, 413. Here is what then becomes of the body.

/** The rest of a body of this many times BODY_LIMIT is read and forgotten, so that the connection can be kept. */
const politeness = 8

/** The last request of each connection that has a body. */
const senders = new WeakMap<Duplex, IncomingMessage>()
/** Requests whose clients wait for `100 Continue` before they send their body. */
const waiting = new WeakSet<IncomingMessage>()

/**
 * Lets a response be sent before the body of its request has come. Either the rest of the body is read and forgotten and
 * the connection is kept, or the response says `Connection: close` and the connection is closed so that the client can
 * read it (RFC 9112, sections 9.3 and 9.6). `100 Continue` is sent when the body is first wanted, so that a client which
 * asks for it gets a final status at once where the headers decide (RFC 9110, section 10.1.1).
 */
export function allowEarlyResponses(server: Server, { BODY_LIMIT }: { BODY_LIMIT: number }): void {
  server.on('connection', lingerWhile(isSending))
  server.on('checkContinue', (request, response) => {
    continueWhenRead(request, response)
    server.emit('request', request, response)
  })
  server.on('request', (request, response) => {
    if (!hasBody(request)) return
    senders.set(request.socket, request)
    const { writeHead } = response
    response.writeHead = (...all: unknown[]) => {
      if (!request.complete && !canBeForgotten(request, BODY_LIMIT * politeness))
        response.shouldKeepAlive = false
      return writeHead.apply(response, all as Parameters<typeof writeHead>)
    }
    response.once('finish', () => forgetRest(request))
  })
}

/** Whether the headers of a request announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isSending(socket: Duplex): boolean {
  return senders.get(socket)?.complete === false
}

/** A client that waits may never send its body, and what comes in chunks may have no end. */
function canBeForgotten(request: IncomingMessage, most: number): boolean {
  return !waiting.has(request) && Number(request.headers['content-length'] ?? Number.NaN) <= most
}

/** Whoever has read a part of the body has paused it: without this the next request would never be read. */
function forgetRest(request: IncomingMessage): void {
  if (request.readableEnded || isLingering(request.socket)) return
  request.removeAllListeners('data')
  request.resume()
}

/** Node calls `_read` when somebody wants the body. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read
  waiting.add(request)
  request._read = (size) => {
    request._read = read
    if (!response.headersSent) {
      waiting.delete(request)
      response.writeContinue()
    }
    return read.call(request, size)
  }
}
