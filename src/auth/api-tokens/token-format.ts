import { createHash } from 'node:crypto'

// `gp_`, 30 random digits in base62 (178 bits), and their CRC-32 in 6 digits. Prefix and checksum let scanners of
// repositories find leaked tokens without false alarms, and the server refuse typing errors without a query.

const prefix = 'gp_'
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomDigits = 30
const checksumDigits = 6

/** Whether a credential has the prefix of API tokens. Access tokens (JWT) begin with another letter. */
export function isApiToken(text: string): boolean {
  return text.startsWith(prefix)
}

/** Creates an API token from cryptographically secure random numbers. */
export function newApiToken(): string {
  let random = ''
  while (random.length < randomDigits) {
    for (const byte of crypto.getRandomValues(new Uint8Array(randomDigits))) {
      // 248 is 4 times 62. Larger bytes would make some digits more likely than others.
      if (byte < 248 && random.length < randomDigits) random += digits[byte % 62]
    }
  }
  return prefix + random + checksumOf(random)
}

/** Whether a text has the form of an API token and the right checksum. */
export function isWellFormed(text: string): boolean {
  const [, random = '', checksum] = /^gp_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/.exec(text) ?? []
  return checksum !== undefined && checksumOf(random) === checksum
}

/** The SHA-256 of a token, which the database stores. It needs no salt, since 178 random bits cannot be guessed. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** The CRC-32 of an ASCII text in base62, padded to six digits. */
export function checksumOf(text: string): string {
  let rest = crc32(text)
  let written = ''
  for (let digit = 0; digit < checksumDigits; digit++) {
    written = digits[rest % 62] + written
    rest = Math.floor(rest / 62)
  }
  return written
}

/** The CRC-32 of zlib (polynomial 0xEDB88320, reflected). The Worker may not import `node:zlib`. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
