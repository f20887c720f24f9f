import type { HonoRequest } from 'hono'
import type { AppContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import type { Check } from './check.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a JSON body for the validators: 415 for anything but JSON in UTF-8, 413 beyond the limit (told by its length
 * or, when chunked, found while reading), 400 when there is none or it is not UTF-8. Hono's own bodyLimit rebuilds the
 * request, which costs two thirds of the throughput.
 */
export function readBody({ required }: { required: boolean }): Check {
  return async (c) => {
    const bytes = await readBytes(c.req, c.get('deps').config.BODY_LIMIT)
    if (bytes.byteLength > 0) {
      checkMediaType(c.req)
      c.set('body', decode(bytes))
    } else if (required) {
      throw new ApiError('request.body_missing')
    }
  }
}

/** Whether `readBody` found anything. */
export function hasBody(c: AppContext): boolean {
  return c.get('body') !== undefined
}

/** A media type's parameters: RFC 9110, section 5.6.6, in small letters. */
const parameter = /;[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=([\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")[ \t]*)?/g
const json = new RegExp(`^application/json[ \\t]*(?:${parameter.source})*$`)

function checkMediaType(request: HonoRequest): void {
  const type = (request.header('Content-Type') ?? '').trim().toLowerCase()
  const encoding = request.header('Content-Encoding') ?? 'identity'
  if (!json.test(type) || !isUtf8(type) || encoding.toLowerCase() !== 'identity') {
    throw new ApiError('request.unsupported_media_type')
  }
}

function isUtf8(type: string): boolean {
  const charsets = [...type.matchAll(parameter)].filter(([, name]) => name === 'charset')
  return charsets.every(([, , value = '']) => /^"?utf-?8"?$/.test(value))
}

function decode(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new ApiError('request.malformed_json', { detail: 'The body is not UTF-8.' })
  }
}

/** A body this many times over the limit is read to its end and forgotten, so that the answer can arrive. */
const politeness = 8

/** The body as it is. @throws ApiError request.too_large, request.malformed */
export async function readBytes(request: HonoRequest, limit: number): Promise<ArrayBuffer | Uint8Array> {
  const length = request.header('Content-Length')
  // The server holds a client to the length that it declared.
  if (Number(length) > limit * politeness) throw tooLarge(limit, { Connection: 'close' })
  try {
    return length !== undefined && Number(length) <= limit
      ? await request.arrayBuffer()
      : await readStream(request, limit)
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('request.malformed', { detail: 'The body broke off before its end.', cause: error })
  }
}

async function readStream(request: HonoRequest, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.byteLength
    if (size > limit * politeness) throw tooLarge(limit, { Connection: 'close' })
    if (size <= limit) chunks.push(chunk)
  }
  if (size > limit) throw tooLarge(limit)
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function tooLarge(limit: number, headers: Record<string, string> = {}): ApiError {
  return new ApiError('request.too_large', {
    detail: `The body is larger than the ${limit} bytes that are accepted.`,
    headers,
  })
}
