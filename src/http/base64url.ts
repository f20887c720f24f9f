import { Buffer } from 'node:buffer'

/** Encodes bytes as base64url without padding (RFC 4648, section 5). */
export function toBase64Url({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64url')
}

/**
 * Decodes base64url; undefined unless it is in canonical form. Ordinary decoders ignore foreign characters, padding and
 * the spare bits of the last character, so an altered text could pass for the original.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined
}
