import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { fromBase64Url, toBase64Url } from '../base64url.ts'

/**
 * Refresh tokens are written `session.secret`. The secret is 32 bytes, of which only a SHA-256 is stored,
 * and a tag (a MAC) by which this server knows its own: an old token with a right tag was once good, so its
 * use is a theft or a loss; with a wrong one it is somebody's invention, which must not end a session.
 *
 * The successor of a secret is derived from it with a keyed hash. So it can be given again when an answer
 * was lost, without being stored.
 */
export interface RefreshToken {
  sessionId: string
  secret: Uint8Array<ArrayBuffer>
}

/** Keys for tags and successors; the first makes new ones, the others are accepted. */
type Keys = readonly CryptoKey[]

const secretLength = 32
const tagLength = 16

/** The first token of a new session. */
export function firstRefreshToken(): RefreshToken {
  return { sessionId: uuidv7(), secret: crypto.getRandomValues(new Uint8Array(secretLength)) }
}

/** The token as the client gets it. */
export async function writeRefreshToken(token: RefreshToken, keys: Keys): Promise<string> {
  const tag = await mac(keys[0], 'tag', token)
  return `${token.sessionId}.${toBase64Url(joined(token.secret, tag.slice(0, tagLength)))}`
}

/** The token that a client presents; undefined unless this server made it. */
export async function readRefreshToken(text: string, keys: Keys): Promise<RefreshToken | undefined> {
  const [sessionId = '', encoded = '', ...rest] = text.split('.')
  const bytes = fromBase64Url(encoded)
  if (rest.length > 0 || bytes?.length !== secretLength + tagLength) return undefined
  if (!z.uuid().safeParse(sessionId).success) return undefined
  const token = { sessionId, secret: bytes.slice(0, secretLength) }
  for (const key of keys) {
    const tag = await mac(key, 'tag', token)
    if (isSame(tag.slice(0, tagLength), bytes.slice(secretLength))) return token
  }
  return undefined
}

/** The token that replaces this one: always the same for the same key. */
export async function successorOf(token: RefreshToken, key: CryptoKey | undefined): Promise<RefreshToken> {
  return { sessionId: token.sessionId, secret: await mac(key, 'successor', token) }
}

/** What is stored of a token. */
export async function hashOf({ secret }: RefreshToken): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', secret)))
}

async function mac(key: CryptoKey | undefined, purpose: string, { sessionId, secret }: RefreshToken) {
  if (!key) throw new Error('No key for refresh tokens.')
  const message = joined(new TextEncoder().encode(`${purpose} ${sessionId} `), secret)
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

/** Compares without stopping at the first difference, so that time tells nothing. */
function isSame(first: Uint8Array, second: Uint8Array): boolean {
  let difference = first.length ^ second.length
  for (const [index, byte] of first.entries()) difference |= byte ^ (second[index] ?? 0)
  return difference === 0
}
