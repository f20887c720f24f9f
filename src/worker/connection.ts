import type { Config } from '../config/config.ts'
import { type Database, type DatabaseHandle, openPostgres } from '../db/database.ts'

/** What a request brings along: its own connection, since workerd lets no other request use it. */
export interface RequestBindings {
  connection: Connection
}

export interface Connection {
  open(): Database
  close(): Promise<void>
}

/** A connection to the database for one request: its first query opens it, and it is closed after the response. */
export function lazyConnection({ DATABASE_URL = '', DATABASE_TIMEOUT }: Config): Connection {
  let handle: DatabaseHandle | undefined
  const open = () => {
    handle ??= openPostgres({ url: DATABASE_URL, connections: 1, timeout: DATABASE_TIMEOUT * 1000 })
    return handle.connect('read')
  }
  return { open, close: async () => handle?.close() }
}
