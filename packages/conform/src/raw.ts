import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { NoResponse } from './client.ts'

/** The bytes of a connection until the server closed it. */
export interface RawResponse {
  status: number
  headers: Headers
  /** Everything after the headers, undecoded. */
  rest: string
}

interface RawOptions {
  origin: string
  /** Milliseconds. */
  timeout: number
}

/**
 * Sends bytes that fetch would refuse, and reads until the connection ends. It shows what fetch hides, such as a body
 * after HEAD.
 */
export async function sendRaw(request: string, { origin, timeout }: RawOptions): Promise<RawResponse> {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket =
    protocol === 'https:'
      ? connectTls({ host, port: Number(port || 443), servername: host })
      : connectPlain({ host, port: Number(port || 80) })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  const finish = () => resolve(Buffer.concat(chunks).toString('latin1'))
  socket.setTimeout(timeout, () => socket.destroy(new Error(`no response within ${timeout / 1000} s`)))
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('end', finish).on('close', finish)
  // After an early response, the server may reset the connection while the client still sends.
  socket.on('error', (error) => (chunks.length > 0 ? finish() : reject(new NoResponse(error.message))))
  socket.write(request)
  const text = await promise.finally(() => socket.destroy())
  return parse(text)
}

function parse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1])
  if (!status || end === -1)
    throw new NoResponse(`The response is not HTTP: ${JSON.stringify(text.slice(0, 100))}`)
  return { status, headers, rest: text.slice(end + 4) }
}
