import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Unanswered } from './client.ts'

/** What came over a connection until the server closed it. */
export interface RawAnswer {
  status: number
  headers: Headers
  /** Everything after the headers, as it came. */
  rest: string
}

interface RawOptions {
  origin: string
  /** Milliseconds. */
  timeout: number
}

/** Sends bytes that fetch would not, and reads until the connection ends: for what fetch hides, as a body after HEAD. */
export async function sendRaw(request: string, { origin, timeout }: RawOptions): Promise<RawAnswer> {
  const { protocol, hostname, port } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket =
    protocol === 'https:'
      ? connectTls({ host, port: Number(port || 443), servername: host })
      : connectPlain({ host, port: Number(port || 80) })
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  const finish = () => resolve(Buffer.concat(chunks).toString('latin1'))
  socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer within ${timeout / 1000} s`)))
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('end', finish).on('close', finish)
  // After an early answer the server may reset what is still being sent to it.
  socket.on('error', (error) => (chunks.length > 0 ? finish() : reject(new Unanswered(error.message))))
  socket.write(request)
  const text = await promise.finally(() => socket.destroy())
  return parse(text)
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1])
  if (!status || end === -1)
    throw new Unanswered(`What came is not HTTP: ${JSON.stringify(text.slice(0, 100))}`)
  return { status, headers, rest: text.slice(end + 4) }
}
