import type { HonoRequest } from 'hono'
import { ApiError } from '../errors/api-error.ts'
import type { RequestCheck } from './check.ts'
import type { HttpContext } from './context.ts'

/** A context that keeps the text of the body. */
type BodyContext = HttpContext & { set(name: 'body', text: string): void }

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a JSON body for the validators: 415 unless it is JSON in UTF-8, 413 beyond the limit (by Content-Length, or
 * while reading a chunked body), 400 for an empty body or invalid UTF-8. Errors that follow from the headers come
 * before the body is read, so that a client with `Expect: 100-continue` need not send it (RFC 9110, section 10.1.1).
 * Not Hono's bodyLimit, which rebuilds the request and costs two thirds of the throughput.
 */
export function readBody({ required }: { required: boolean }): RequestCheck<BodyContext> {
  return async (c) => {
    const limit = c.get('deps').config.BODY_LIMIT
    // A body of unknown length may be empty, and then needs no media type.
    const isTyped = isAnnounced(c.req) && c.req.header('Content-Type') !== undefined
    if (isTyped) checkMediaType(c.req)
    const bytes = await readBytes(c.req, limit)
    if (bytes.byteLength > 0) {
      if (!isTyped) checkMediaType(c.req)
      c.set('body', decode(bytes))
    } else if (required) {
      throw new ApiError('request.body_missing')
    }
  }
}

/** Whether the headers announce a body. */
function isAnnounced(request: HonoRequest): boolean {
  return Number(request.header('Content-Length')) > 0 || request.header('Transfer-Encoding') !== undefined
}

/** Whether `readBody` has found a body. */
export function hasBody(c: HttpContext): boolean {
  return c.get('body') !== undefined
}

/** A parameter of a media type (RFC 9110, section 5.6.6), in lower case. */
const parameter = /;[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=([\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")[ \t]*)?/g
const json = new RegExp(`^application/json[ \\t]*(?:${parameter.source})*$`)

/**
 * Checks Content-Type and Content-Encoding.
 * @throws ApiError 415, which names the accepted types (RFC 9110, section 15.5.16; for PATCH also RFC 5789, section
 * 2.2)
 */
function checkMediaType(request: HonoRequest): void {
  const type = (request.header('Content-Type') ?? '').trim().toLowerCase()
  const encoding = request.header('Content-Encoding') ?? 'identity'
  const isType = json.test(type) && isUtf8(type)
  const isEncoding = encoding.trim().toLowerCase() === 'identity'
  if (isType && isEncoding) return
  const headers = {
    ...(!isType && { Accept: 'application/json' }),
    ...(!isType && request.method === 'PATCH' && { 'Accept-Patch': 'application/json' }),
    ...(!isEncoding && { 'Accept-Encoding': 'identity' }),
  }
  throw new ApiError('request.unsupported_media_type', { headers })
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

/** Reads the body as bytes; `limit` is their maximum number. @throws ApiError request.too_large, request.malformed */
export async function readBytes(request: HonoRequest, limit: number): Promise<ArrayBuffer | Uint8Array> {
  const length = request.header('Content-Length')
  // The HTTP server enforces the declared length, so it can be trusted here.
  if (Number(length) > limit) throw tooLarge(limit)
  try {
    return length === undefined ? await readStream(request, limit) : await request.arrayBuffer()
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError('request.malformed', { detail: 'The body broke off before its end.', cause: error })
  }
}

async function readStream(request: HonoRequest, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  // preventCancel: cancelling the stream would cut the connection. The HTTP server reads the rest of the body.
  for await (const chunk of request.raw.body?.values({ preventCancel: true }) ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

function tooLarge(limit: number): ApiError {
  return new ApiError('request.too_large', {
    detail: `The body is larger than the ${limit} bytes that are accepted.`,
  })
}
