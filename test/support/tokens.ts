import { createHmac, randomUUID } from 'node:crypto'
import { jwtSecret } from './settings.ts'

interface Forgery {
  /** A genuine token, whose header and claims are the defaults. */
  from?: string
  /** Merged into the header; `undefined` removes a field. A string or null replaces the header unchanged. */
  header?: Record<string, unknown> | string | null
  /** Merged into the claims in the same way. */
  payload?: Record<string, unknown> | string | null
  /** Default: the secret of the servers under test, so the signature is valid. */
  secret?: string
}

/** A JSON Web Token that no server has issued: HS256, or without a signature if the header has `alg: 'none'`. */
export function forge({ from, header = {}, payload = {}, secret = jwtSecret }: Forgery = {}): string {
  const base = from === undefined ? defaults() : decodeToken(from)
  const parts = [altered(base.header, header), altered(base.payload, payload)]
  const signed = parts.map((part) => Buffer.from(part).toString('base64url')).join('.')
  return `${signed}.${isUnsigned(header) ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** Header and claims of a token, decoded without a check. */
export function decodeToken(token: string): { header: Record<string, any>; payload: Record<string, any> } {
  const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header ?? ''), payload: JSON.parse(payload ?? '') }
}

function defaults() {
  const iat = Math.floor(Date.now() / 1000)
  return {
    header: { alg: 'HS256', typ: 'JWT' },
    payload: {
      iss: 'gatepost',
      aud: 'gatepost',
      sub: randomUUID(),
      sid: randomUUID(),
      role: 'user',
      iat,
      exp: iat + 900,
      jti: randomUUID(),
    },
  }
}

function altered(base: object, change: Record<string, unknown> | string | null): string {
  return typeof change === 'string' ? change : JSON.stringify(change && { ...base, ...change })
}

function isUnsigned(header: Forgery['header']): boolean {
  return typeof header === 'object' && /^none$/i.test(String(header?.alg))
}
