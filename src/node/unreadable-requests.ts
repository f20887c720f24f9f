import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProblemCode } from '../errors/problems.ts'
import { bareProblem } from '../http/bare-problem.ts'
import { linger } from './lingering-close.ts'

// Requests that Node cannot parse never reach the app. This file sends the same problems as the app would.

const maxHeaders = 100

/** Called for each such response, for log and metrics. */
export type OnRefused = (code: ProblemCode, requestId: string) => void

/** What is wrong with the headers as a whole. Node accepts these, or refuses them without a body. */
export function headerFault({ rawHeaders, httpVersion }: IncomingMessage): ProblemCode | undefined {
  if (rawHeaders.length > maxHeaders * 2) return 'request.headers_too_large'
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  // RFC 9112, section 3.2: exactly one Host header, except in HTTP/1.0, which has none.
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0') ? undefined : 'request.malformed'
}

/** Responds to a request whose headers were read. */
export function respondToUnreadable(
  response: ServerResponse,
  code: ProblemCode,
  onRefused?: OnRefused,
): void {
  const { status, headers, body } = problemOf(code, onRefused)
  response.writeHead(status, { ...headers, Connection: 'close' }).end(body)
}

/** Responds to a request beyond the capacity and keeps the connection, since a new connection would cost more. */
export function refuseBusy(response: ServerResponse, onRefused?: OnRefused): void {
  const { status, headers, body } = problemOf('service.overloaded', onRefused)
  response.writeHead(status, { ...headers, 'Retry-After': '1' }).end(body)
}

/** A connection with its running response, which Node has only under this name. */
type Connection = Duplex & { _httpMessage?: ServerResponse | null }

/** The error of Node's parser. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer }

/** A listener for `clientError`: writes the response to the socket and closes it. */
export function refuseUnreadable(
  error: ClientError,
  socket: Connection,
  origins: readonly string[],
  onRefused?: OnRefused,
): void {
  // If a response has begun, the client would read a second one as its continuation.
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy()
    return
  }
  const origin = socket._httpMessage?.req.headers.origin ?? originIn(error.rawPacket)
  const { status, headers, body } = problemOf(codeOf(error), onRefused, { origins, origin })
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
  linger(socket)
}

/** The Origin header in an incomplete request, if it is there. */
function originIn(bytes: Buffer | undefined): string | undefined {
  return /\r\nOrigin:[ \t]*([!-~]+)[ \t]*\r\n/i.exec(bytes?.toString('latin1') ?? '')?.[1]
}

/** The problem for a request with an invalid Host header or URL; undefined if both are valid. */
export function refuseUnreadableAddress(onRefused?: OnRefused): Response {
  const { status, headers, body } = problemOf('request.malformed', onRefused)
  return new Response(body, { status, headers })
}

function codeOf(error: NodeJS.ErrnoException): ProblemCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'request.headers_too_large'
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request.timeout' : 'request.malformed'
}

function problemOf(
  code: ProblemCode,
  onRefused?: OnRefused,
  cors: { origins?: readonly string[]; origin?: string | undefined } = {},
) {
  const requestId = crypto.randomUUID()
  onRefused?.(code, requestId)
  const { status, headers, body } = bareProblem(code, { requestId, ...cors })
  const length = String(Buffer.byteLength(body))
  return { status, headers: { ...headers, 'Content-Length': length, Date: new Date().toUTCString() }, body }
}
