import { asWritten } from './as-written.ts'
import { DatabaseUrlError } from './database-url-error.ts'
import type { PostgresTarget } from './target.ts'

/**
 * How postgres.js connects on Workers, through their own sockets: to one host, and with TLS only if the URL asks for
 * it, since a refused attempt could not be repeated the other way. workerd itself checks each certificate.
 */
export function connector({ hosts, tls }: PostgresTarget) {
  const [{ name, address, port }] = hosts
  if (hosts.length > 1) throw new DatabaseUrlError('has several hosts, of which a Worker can reach one only.')
  if (tls.files.certificate || (tls.files.root ?? 'system') !== 'system')
    throw new DatabaseUrlError('names a file, and Workers have none: hand the certificates to Hyperdrive.')
  const ip = address ?? name
  return {
    ...asWritten(ip.includes(':') ? `[${ip}]` : ip, port),
    ssl: tls.attempts.includes('plain') ? false : ('verify-full' as const),
    keep_alive: null,
  }
}
