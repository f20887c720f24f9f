import { DatabaseUrlError } from './database-url-error.ts'

type Encryption = 'tls' | 'plain'

/** How a connection is encrypted, and what is checked in the server's certificate. */
export interface Tls {
  /** The attempts, in this order. */
  attempts: readonly [Encryption, ...Encryption[]]
  /** `ca`: signed by a trusted authority; `full`: and issued for this host. */
  verify: 'none' | 'ca' | 'full'
  /** The mode from the URL, or the default. */
  mode: string
  /** TLS from the first byte, without a request for it (PostgreSQL 17). */
  isDirect: boolean
  /** Paths from sslrootcert and similar parameters. The root `system` means the roots of this machine. */
  files: Record<'root' | 'certificate' | 'key' | 'revoked', string | undefined>
  passphrase: string | undefined
  hasServerName: boolean
  versions: Record<'min' | 'max', string | undefined>
}

/** The attempts of each mode (PostgreSQL manual, 32.1.2: sslmode). */
const attempts: Record<string, Tls['attempts']> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
}

/** Reads the TLS parameters of a URL. As in libpq, the default is `prefer`, and no TLS on a Unix socket. */
export function readTls(values: Readonly<Record<string, string>>, isSocket: boolean): Tls {
  const root = values.sslrootcert || undefined
  const asked = values.sslmode ?? modeOf(values) ?? (root === 'system' ? 'verify-full' : undefined)
  const mode = asked === 'require' && values.sslaccept === 'strict' ? 'verify-full' : (asked ?? 'prefer')
  const isDirect = values.sslnegotiation === 'direct'
  if (root === 'system' && mode !== 'verify-full') {
    throw new DatabaseUrlError(`has sslrootcert=system, which needs sslmode=verify-full and not ${mode}.`)
  }
  if (isDirect && attempts[mode] !== undefined) {
    throw new DatabaseUrlError(
      `has sslnegotiation=direct, which needs sslmode=require or more and not ${mode}.`,
    )
  }
  return {
    attempts: isSocket ? ['plain'] : (attempts[mode] ?? ['tls']),
    verify: verification(mode, root),
    mode,
    isDirect,
    files: readFiles(values),
    passphrase: values.sslpassword || undefined,
    hasServerName: values.sslsni !== '0',
    versions: { min: values.ssl_min_protocol_version, max: values.ssl_max_protocol_version },
  }
}

function readFiles(values: Readonly<Record<string, string>>): Tls['files'] {
  const isKnown = values.sslcertmode !== 'disable'
  return {
    root: values.sslrootcert || undefined,
    certificate: (isKnown && values.sslcert) || undefined,
    key: (isKnown && values.sslkey) || undefined,
    revoked: values.sslcrl || undefined,
  }
}

/** The parameter `ssl` of other clients, and the old `requiressl` of libpq. */
function modeOf({ ssl, requiressl }: Readonly<Record<string, string>>) {
  if (ssl === undefined) return requiressl === '1' ? 'require' : undefined
  if (ssl === 'true' || ssl === '1') return 'require'
  return ssl === 'false' || ssl === '0' ? 'disable' : ssl
}

/** As in older libpq clients, `require` with a root certificate means `verify-ca`. */
function verification(mode: string, root: string | undefined): Tls['verify'] {
  if (mode === 'no-verify') return 'none'
  if (mode === 'verify-full') return 'full'
  // Without a root file, the public roots count. They sign certificates for every host, so the name is checked too.
  if (mode === 'verify-ca') return root ? 'ca' : 'full'
  return root ? 'ca' : 'none'
}
