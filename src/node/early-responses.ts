import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isLingering, lingerWhile } from './lingering-close.ts'

// Many responses, such as 401, 404 and 413, are known before the whole body has arrived. This file handles the rest of
// the body.

/**
 * If the rest of the body is at most this many times BODY_LIMIT, it is read and discarded, so that the connection can
 * be kept.
 */
const discardFactor = 8

/** The last request with a body, by connection. */
const senders = new WeakMap<Duplex, IncomingMessage>()
/** Requests whose clients wait for `100 Continue` before they send the body. */
const awaitingContinue = new WeakSet<IncomingMessage>()

/**
 * Allows a response before the whole body of its request has arrived. Either the rest of the body is read and discarded
 * and the connection is kept, or the response has `Connection: close` and the connection is closed in such a way that
 * the client can read the response (RFC 9112, sections 9.3 and 9.6). `100 Continue` is sent when the body is first
 * read, so a client that waits for it gets a final status at once if the headers decide (RFC 9110, section 10.1.1).
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
      if (!request.complete && !isDiscardable(request, BODY_LIMIT * discardFactor))
        response.shouldKeepAlive = false
      return writeHead.apply(response, all as Parameters<typeof writeHead>)
    }
    response.once('finish', () => discardRest(request))
  })
}

/** Whether the headers of a request announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function isSending(socket: Duplex): boolean {
  return senders.get(socket)?.complete === false
}

/** A client that waits for `100 Continue` may never send its body, and a chunked body may have no end. */
function isDiscardable(request: IncomingMessage, max: number): boolean {
  return !awaitingContinue.has(request) && Number(request.headers['content-length'] ?? Number.NaN) <= max
}

/** A reader of a part of the body leaves it paused. Without this, the next request would never be read. */
function discardRest(request: IncomingMessage): void {
  if (request.readableEnded || isLingering(request.socket)) return
  request.removeAllListeners('data')
  request.resume()
}

/** Node calls `_read` when the body is first read. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read
  awaitingContinue.add(request)
  request._read = (size) => {
    request._read = read
    if (!response.headersSent) {
      awaitingContinue.delete(request)
      response.writeContinue()
    }
    return read.call(request, size)
  }
}
