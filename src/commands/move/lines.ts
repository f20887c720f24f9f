import { ConfigError } from '../../config/config.ts'

export interface Line {
  /** From 1, as in editors. */
  number: number
  text: string
  /** Why the line cannot be read. */
  fault?: string
}

/** Far more than any line of an export: a wrong file, such as a film, must not fill the memory. */
const maxLineLength = 16 * 1024 * 1024

/**
 * The lines of a UTF-8 stream, without blank ones. Not with node:readline, which also splits at U+2028 and U+2029: JSON
 * strings may contain these.
 * @throws ConfigError
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      yield* decode(number, [...parts, chunk.subarray(start, end)])
      number++
      parts = []
      length = 0
      start = end + 1
    }
    parts.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > maxLineLength)
      throw new ConfigError(`line ${number}: Is too long for an export by Gatepost.`)
  }
  yield* decode(number, parts)
}

function* decode(number: number, parts: Buffer[]): Generator<Line> {
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  const text = decodeUtf8(bytes)
  if (text === undefined) yield { number, text: '', fault: 'Is not UTF-8.' }
  else if (text.trim() !== '') yield { number, text }
}

/** Decodes UTF-8 and removes a byte order mark; undefined if it is not valid UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
