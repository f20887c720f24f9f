import type { Config } from '../config/config.ts'
import { type Database, type DatabaseHandle, openPostgres } from '../db/database.ts'

/** The connection of one request: workerd does not let another request use it. */
export interface RequestBindings {
  connection: Connection
}

export interface Connection {
  open(): Database
  close(): Promise<void>
}

/** A database connection for one request. Its first query opens it, and it is closed after the response. */
export function lazyConnection({ DATABASE_URL = '', DATABASE_TIMEOUT }: Config): Connection {
  let handle: DatabaseHandle | undefined
  const open = () => {
    handle ??= openPostgres({ url: DATABASE_URL, connections: 1, timeout: DATABASE_TIMEOUT * 1000 })
    return handle.connect('read')
  }
  return { open, close: async () => handle?.close() }
}
