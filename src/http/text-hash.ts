import { createHash } from 'node:crypto'

/**
 * SHA-256 of a text in hexadecimal digits, for entity tags and names of files. WebCrypto would hand a text this short
 * to another thread and back, which takes ten times as long.
 */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
