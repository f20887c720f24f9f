import { readFile } from 'node:fs/promises'
import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect, getCACertificates, type SecureVersion } from 'node:tls'
import { ConnectError } from './connect-error.ts'
import type { Host } from './target.ts'
import type { Tls } from './tls-mode.ts'

/** The request for TLS (PostgreSQL manual, 54.2.10 "SSL Session Encryption"). */
const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * Encrypts a connection. If the server has no TLS and the URL does not require it, the connection stays as it is.
 * @throws ConnectError if the server lacks a required TLS, or a file cannot be read
 */
export async function encrypt(socket: Socket, host: Host, tls: Tls): Promise<Socket> {
  const options = await optionsOf(host, tls) // first: the server would not wait while files are read
  if (!tls.isDirect) {
    socket.write(request)
    const reply = await firstByte(socket)
    // More than one byte would come from an attacker on the network (CVE-2021-23222).
    if (reply.length !== 1 || (reply[0] !== 0x53 && reply[0] !== 0x4e)) {
      throw new ConnectError('TLS_REFUSED', `What answers at ${host.name}:${host.port} is no PostgreSQL.`)
    }
    if (reply[0] === 0x4e) {
      if (tls.attempts.includes('plain')) return socket
      throw new ConnectError(
        'TLS_REFUSED',
        `The server at ${host.name}:${host.port} has no TLS, which sslmode=${tls.mode} asks for: switch it on there (ssl = on), or write sslmode=disable into DATABASE_URL.`,
      )
    }
  }
  return handshake(socket, options)
}

function firstByte(socket: Socket) {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const onClose = () => reject(new ConnectError('CONNECTION_CLOSED', 'The server hangs up.'))
  socket.once('data', resolve).once('error', reject).once('close', onClose)
  return promise.finally(() => socket.off('data', resolve).off('error', reject).off('close', onClose))
}

function handshake(socket: Socket, options: ConnectionOptions): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const secure = connect({ ...options, socket })
  const onClose = () => reject(new ConnectError('CONNECTION_CLOSED', 'The server ends the handshake of TLS.'))
  secure.once('secureConnect', () => resolve(secure))
  secure.once('error', reject).once('close', onClose)
  return promise.finally(() => {
    secure.off('error', reject).off('close', onClose)
    secure.on('error', () => {})
  })
}

async function optionsOf({ name }: Host, tls: Tls): Promise<ConnectionOptions> {
  const { root, certificate, key, revoked } = tls.files
  const isNamed = isIP(name) === 0 && tls.hasServerName
  return {
    host: name,
    ...(isNamed && { servername: name }),
    rejectUnauthorized: tls.verify !== 'none',
    ...(tls.verify !== 'full' && { checkServerIdentity: () => undefined }),
    ...(root === 'system' && { ca: [...getCACertificates('default'), ...getCACertificates('system')] }),
    ...(root && root !== 'system' && { ca: await read('sslrootcert', root) }),
    ...(certificate && { cert: await read('sslcert', certificate) }),
    ...(key && { key: await read('sslkey', key) }),
    ...(revoked && { crl: await read('sslcrl', revoked) }),
    ...(tls.passphrase && { passphrase: tls.passphrase }),
    minVersion: (tls.versions.min ?? 'TLSv1.2') as SecureVersion, // parsePostgresUrl has checked the values
    ...(tls.versions.max && { maxVersion: tls.versions.max as SecureVersion }),
    ...(tls.isDirect && { ALPNProtocols: ['postgresql'] }),
  }
}

async function read(parameter: string, file: string) {
  try {
    return await readFile(file)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new ConnectError(
      'FILE_UNREADABLE',
      `The file that ${parameter} names in DATABASE_URL cannot be read (${code}).`,
    )
  }
}
