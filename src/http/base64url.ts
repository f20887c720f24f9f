import { Buffer } from 'node:buffer'

/** Bytes as base64url without padding (RFC 4648, section 5). */
export function toBase64Url({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64url')
}

/**
 * The bytes of base64url text, undefined unless it is written the one right way. Decoders overlook other characters,
 * padding and the spare bits of the last character, which would let altered text pass for the original.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined
}
