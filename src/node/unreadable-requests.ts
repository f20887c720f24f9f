import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ProblemCode } from '../errors/problems.ts'
import { bareProblem } from '../http/bare-problem.ts'
import { linger } from './lingering-close.ts'

// Requests that Node cannot even parse never reach the app. They are answered like all others.

const mostHeaders = 100

/** Told of each of these answers, for log and metrics. */
export type OnRefused = (code: ProblemCode, requestId: string) => void

/** What is wrong with the headers as a whole: Node lets these pass without a word, or refuses without a body. */
export function whatIsUnreadable({ rawHeaders, httpVersion }: IncomingMessage): ProblemCode | undefined {
  if (rawHeaders.length > mostHeaders * 2) return 'request.headers_too_large'
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  // RFC 9112, section 3.2: exactly one, but for HTTP/1.0, which knows none.
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0') ? undefined : 'request.malformed'
}

/** Answers a request whose headers could be read. */
export function answerUnreadable(response: ServerResponse, code: ProblemCode, onRefused?: OnRefused): void {
  const { status, headers, body } = problemOf(code, onRefused)
  response.writeHead(status, { ...headers, Connection: 'close' }).end(body)
}

/** Answers a request that there is no room for, and keeps the connection: a new one would be more work. */
export function refuseBusy(response: ServerResponse, onRefused?: OnRefused): void {
  const { status, headers, body } = problemOf('service.overloaded', onRefused)
  response.writeHead(status, { ...headers, 'Retry-After': '1' }).end(body)
}

/** A connection with the answer that is being written to it; Node tells it by this name alone. */
type Connection = Duplex & { _httpMessage?: ServerResponse | null }

/** What Node tells of bytes that it cannot parse. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer }

/** Listener for `clientError`: answers on the bare connection and closes it. */
export function refuseUnreadable(
  error: ClientError,
  socket: Connection,
  origins: readonly string[],
  onRefused?: OnRefused,
): void {
  // Within an answer that has begun, another one would be taken for its rest.
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

/** The Origin header in bytes that are no request as a whole, if it is among them. */
function originIn(bytes: Buffer | undefined): string | undefined {
  return /\r\nOrigin:[ \t]*([!-~]+)[ \t]*\r\n/i.exec(bytes?.toString('latin1') ?? '')?.[1]
}

/** The answer to a request whose Host header or address is none. */
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
