import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An answer as it came over the connection. */
export interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

/**
 * Sends bytes and reads until the server closes the connection, or until it has been quiet for `quietMs`. Answers
 * what it said, one element an answer; none when it closed without a word.
 */
export async function exchange(
  port: number,
  request: string | Buffer,
  quietMs?: number,
): Promise<RawAnswer[]> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {}) // it may be closed while we write
  if (quietMs !== undefined) socket.setTimeout(quietMs, () => socket.end())
  socket.write(request)
  const received = await buffer(socket).catch(() => Buffer.alloc(0))
  return parse(received.toString('latin1'))
}

function parse(received: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = received
  while (rest !== '') {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest)
    if (!head) throw new Error(`This is no answer: ${rest.slice(0, 200)}`)
    const headers = new Headers(
      (head[2] ?? '')
        .split('\r\n')
        .filter(Boolean)
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const start = head[0].length
    const length = Number(headers.get('content-length') ?? 0)
    answers.push({ status: Number(head[1]), headers, body: utf8(rest.slice(start, start + length)) })
    rest = rest.slice(start + length)
  }
  return answers
}

function utf8(bytes: string) {
  return Buffer.from(bytes, 'latin1').toString()
}
