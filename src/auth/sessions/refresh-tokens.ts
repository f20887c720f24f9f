import { createHash, timingSafeEqual } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Mac } from '../../api/ports.ts'
import { fromBase64Url, toBase64Url } from '../../http/base64url.ts'

/**
 * A refresh token is `session.secret`. The secret consists of 32 random bytes, whose SHA-256 is stored, and a MAC,
 * which proves that this server issued the token. An old token with a valid MAC was once valid, so someone has copied
 * it. A token with an invalid MAC is forged and must not end a session.
 *
 * The successor of a secret is derived from it with a keyed hash. So the server can send it again after a lost
 * response, and need not store it.
 */
export interface RefreshToken {
  sessionId: string
  secret: Uint8Array
}

const secretLength = 32
const tagLength = 16

/** The first token of a new session. */
export function firstRefreshToken(): RefreshToken {
  return { sessionId: uuidv7(), secret: crypto.getRandomValues(new Uint8Array(secretLength)) }
}

/** Encodes the token for the client. */
export function writeRefreshToken(token: RefreshToken, mac: Mac): string {
  return `${token.sessionId}.${toBase64Url(joined(token.secret, tagOf(token, mac)))}`
}

/** Decodes the token of a client; undefined unless one of these MACs confirms it. */
export function readRefreshToken(text: string, macs: readonly Mac[]): RefreshToken | undefined {
  const [sessionId = '', encoded = '', ...rest] = text.split('.')
  const bytes = fromBase64Url(encoded)
  if (rest.length > 0 || bytes?.length !== secretLength + tagLength) return undefined
  if (!z.uuid().safeParse(sessionId).success) return undefined
  const token = { sessionId, secret: bytes.slice(0, secretLength) }
  const tag = bytes.slice(secretLength)
  return macs.some((mac) => timingSafeEqual(tagOf(token, mac), tag)) ? token : undefined
}

/** The token that replaces this one: with the same key, always the same. */
export function successorOf(token: RefreshToken, mac: Mac): RefreshToken {
  return { sessionId: token.sessionId, secret: mac(messageOf('successor', token)) }
}

/** The stored form of a token: SHA-256 of its secret. */
export function hashOf({ secret }: RefreshToken): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function tagOf(token: RefreshToken, mac: Mac): Uint8Array {
  return mac(messageOf('tag', token)).subarray(0, tagLength)
}

function messageOf(purpose: 'tag' | 'successor', { sessionId, secret }: RefreshToken): Uint8Array {
  return joined(new TextEncoder().encode(`${purpose} ${sessionId} `), secret)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
