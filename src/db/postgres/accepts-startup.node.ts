import type { Socket } from 'node:net'
import { userInfo } from 'node:os'
import type { PostgresTarget } from './target.ts'

/**
 * Whether the server accepts this user with or without encryption: pg_hba.conf may require or refuse either. The server
 * refuses (SQLSTATE 28000) before it asks for a password, and the connection ends (PostgreSQL manual, 54.2.1
 * "Start-up").
 */
export async function acceptsStartup(socket: Socket, { user, database }: PostgresTarget): Promise<boolean> {
  const name = user ?? process.env.PGUSER ?? userInfo().username
  socket.write(startupMessage({ user: name, database: database ?? name }))
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  socket.once('data', resolve).once('close', () => resolve(Buffer.alloc(0)))
  const first = await promise
  socket.destroy()
  const isError = first[0] === 0x45 // E
  return !(isError && first.includes('\0C28000\0'))
}

function startupMessage(parameters: Record<string, string>) {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join('')
  const body = Buffer.from(`${text}\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(head.length + body.length, 0)
  head.writeInt32BE(196_608, 4) // version 3.0
  return Buffer.concat([head, body])
}
