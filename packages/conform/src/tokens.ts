import { createHmac } from 'node:crypto'
import type { Json } from './exchange.ts'

/** Header and claims of a token, unverified; undefined if it is not a token. */
export function decodeToken(token: string): { header: Json; claims: Json } | undefined {
  try {
    const [header, claims] = token
      .split('.', 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    return { header, claims }
  } catch {
    return undefined
  }
}

/** The claims of the first token in a text. */
export function claimsIn(text: string): Json | undefined {
  const [token] = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/.exec(text) ?? []
  return token && decodeToken(token)?.claims
}

interface Forgery {
  header?: object | string
  claims?: object | string | null
  /** Signs with HS256 and this secret; if absent, the old signature stays. */
  secret?: string | Buffer
  signature?: string
}

/** Changes the contents of a token. Given objects are merged in; a string or null replaces the whole part. */
export function forge(token: string, { header = {}, claims = {}, secret, signature }: Forgery): string {
  const base = decodeToken(token) ?? { header: {}, claims: {} }
  const parts = [altered(base.header, header), altered(base.claims, claims)].map((part) =>
    Buffer.from(part).toString('base64url'),
  )
  const signed = parts.join('.')
  const made = secret && createHmac('sha256', secret).update(signed).digest('base64url')
  return `${signed}.${signature ?? made ?? token.split('.')[2]}`
}

function altered(base: object, change: object | string | null): string {
  return typeof change === 'string' ? change : JSON.stringify(change && { ...base, ...change })
}
