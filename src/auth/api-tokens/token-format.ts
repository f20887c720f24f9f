import { createHash } from 'node:crypto'

// `gp_`, 30 random digits of base62 (178 bits), and 6 digits of their CRC-32. By the prefix and the checksum scanners of
// repositories find lost tokens with certainty, and a typing error costs no query.

const prefix = 'gp_'
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomDigits = 30
const checksumDigits = 6

/** Whether a credential is meant as an API token; an access token (JWT) begins with another letter. */
export function isApiToken(text: string): boolean {
  return text.startsWith(prefix)
}

/** A new API token, from a cryptographically secure source. */
export function newApiToken(): string {
  let random = ''
  while (random.length < randomDigits) {
    for (const byte of crypto.getRandomValues(new Uint8Array(randomDigits))) {
      // 248 is 4 times 62: beyond it some digits would come more often than others.
      if (byte < 248 && random.length < randomDigits) random += digits[byte % 62]
    }
  }
  return prefix + random + checksumOf(random)
}

/** Whether a text has the form of an API token and the right checksum: anything else is not looked up. */
export function isWellFormed(text: string): boolean {
  const [, random = '', checksum] = /^gp_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/.exec(text) ?? []
  return checksum !== undefined && checksumOf(random) === checksum
}

/** What is stored of a token: its SHA-256. It needs no salt, since nobody can guess 178 random bits. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** The CRC-32 of ASCII characters in base62, padded to six digits. */
export function checksumOf(text: string): string {
  let rest = crc32(text)
  let written = ''
  for (let digit = 0; digit < checksumDigits; digit++) {
    written = digits[rest % 62] + written
    rest = Math.floor(rest / 62)
  }
  return written
}

/** CRC-32 as of zlib (polynomial 0xEDB88320, reflected); Workers have no `node:zlib` in this program. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
