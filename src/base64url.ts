import { decodeBase64Url, encodeBase64Url } from 'hono/utils/encode'

/** Bytes as base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array<ArrayBuffer>): string {
  return encodeBase64Url(bytes.buffer).replaceAll('=', '')
}

/**
 * The bytes of base64url text, undefined unless it is written the one right way. Decoders overlook padding
 * and the spare bits of the last character, which would let altered text pass for the original.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = decodeBase64Url(text)
    return toBase64Url(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
