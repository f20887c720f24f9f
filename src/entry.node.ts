import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { noteSigningKey } from './audit/key-events.ts'
import { readCommonPasswords } from './auth/common-passwords-file.ts'
import { configuredKeys } from './auth/configured-keys.ts'
import { ensureFirstAdmin } from './auth/first-admin.ts'
import { importKeys } from './auth/keys.ts'
import { passwordPool } from './auth/password-pool.ts'
import { revocationsByList } from './auth/revocations.ts'
import type { Config } from './config.ts'
import type { Deps } from './context.ts'
import { type DatabaseHandle, openPostgres } from './db/client.ts'
import { openEmbedded } from './db/embedded.ts'
import { migrate } from './db/migrate.ts'
import { describeError } from './errors.ts'
import { gracefulClose } from './graceful-close.ts'
import { createLog } from './log.ts'
import { swaggerUiFile } from './service/swagger-ui-files.ts'
import { sweep } from './sweep.ts'
import {
  answerUnreadable,
  refuseUnreadable,
  refuseUnreadableAddress,
  whatIsUnreadable,
} from './unreadable-requests.ts'

/** A server that can't start; the message says why and what to do. */
export class StartError extends Error {
  override name = 'StartError'
}

export interface RunningServer {
  url: string
  /** Which database, without user and password. */
  database: string
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>
}

/** Opens the database of the configuration, at the present version of its tables. */
export async function openDatabase(config: Config): Promise<DatabaseHandle> {
  if (!config.DATABASE_URL) {
    const handle = await openEmbedded({ folder: config.DATA_DIR, timeout: config.DATABASE_TIMEOUT * 1000 })
    await migrate({ handle })
    return handle
  }
  await migrate({ url: config.DATABASE_URL })
  return openPostgres({
    url: config.DATABASE_URL,
    connections: config.DATABASE_POOL,
    timeout: config.DATABASE_TIMEOUT * 1000,
  })
}

/** Everything that the app needs, on Node. The database must be open: its folder may hold the secret. */
export async function createDeps(config: Config, database: DatabaseHandle) {
  const keys = await importKeys(await configuredKeys(config))
  const passwords = passwordPool({ cost: config.BCRYPT_COST, queue: config.PASSWORD_QUEUE })
  const revocations = revocationsByList({
    connect: () => database.connect(),
    tokenLife: config.ACCESS_TOKEN_TTL,
    isShared: database.kind === 'postgres',
  })
  const deps: Deps = {
    config,
    keys,
    passwords,
    revocations,
    peerAddress: (c) =>
      (c as unknown as Context<{ Bindings: HttpBindings }>).env?.incoming?.socket.remoteAddress,
    log: createLog(config.LOG_LEVEL),
    connect: () => database.connect(),
    commonPasswords: readCommonPasswords,
    swaggerUiFile,
    now: Date.now,
  }
  const close = async () => {
    revocations.close()
    await passwords.close()
  }
  return { deps, close }
}

/**
 * Starts the service. It listens before the database is open, so that a taken port is found at once;
 * requests that come early wait. @throws StartError, ConfigError, DataFolderError
 */
export async function startServer(config: Config): Promise<RunningServer> {
  const ready = Promise.withResolvers<ReturnType<typeof getRequestListener>>()
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    requestTimeout: config.REQUEST_TIMEOUT * 1000,
    connectionsCheckingInterval: 1000, // by default Node looks for requests that take too long every 30 s
    requireHostHeader: false, // we refuse it ourselves, with a problem
  })
  server.keepAliveTimeout = 75_000 // longer than most load balancers keep theirs
  const close = gracefulClose(server)
  server.on('request', async (request, response) => {
    const unreadable = whatIsUnreadable(request)
    if (unreadable) return answerUnreadable(response, unreadable)
    await (await ready.promise)(request, response)
  })
  // Node would answer 417 without a body to an expectation that it does not know; it may be ignored.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  server.on('clientError', refuseUnreadable)
  await listen(server, config)

  let opened: DatabaseHandle | undefined
  try {
    const database = await openDatabase(config)
    opened = database
    const { createApp } = await import('./app.ts') // other commands open the database and need no app
    const { deps, close: closeDeps } = await createDeps(config, database)
    await ensureFirstAdmin(deps, database.connect())
    await noteSigningKey(database.connect(), deps)
    const app = createApp(deps)
    const sweeping = setInterval(() => sweepNow(deps, database), sweepEvery).unref()
    ready.resolve(
      getRequestListener(app.fetch, {
        errorHandler: refuseUnreadableAddress,
        hostname: 'localhost', // for HTTP/1.0, where a request need not name a host
      }),
    )
    return {
      url: urlOf(server, config),
      database: `${database.kind === 'embedded' ? 'embedded PostgreSQL in' : 'PostgreSQL at'} ${database.description}`,
      stop: async () => {
        clearInterval(sweeping)
        await close(config.SHUTDOWN_TIMEOUT * 1000)
        await closeDeps()
        await database.close()
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    await opened?.close()
    throw error
  }
}

/** An hour, in milliseconds. */
const sweepEvery = 3_600_000

async function sweepNow({ log, config }: Deps, database: DatabaseHandle): Promise<void> {
  try {
    log.debug(await sweep(database.connect(), config), 'swept')
  } catch (error) {
    log.warn({ error: describeError(error) }, 'sweeping failed; it is tried again in an hour')
  }
}

async function listen(server: Server, { PORT, HOST, NODE_ENV }: Config): Promise<void> {
  const host = HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(whyNot(error, host, PORT))))
  server.listen(PORT, host, resolve)
  await promise
}

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is already in use on ${host}. Stop the program that uses it, or choose another: PORT=${port + 1} npm start`
  }
  if (error.code === 'EACCES')
    return `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `HOST is ${host}, which is no address of this machine. Use 127.0.0.1 for this machine alone or 0.0.0.0 for all.`
  }
  return `Cannot listen on ${host} port ${port} (${error.code}). Check HOST and PORT.`
}

/** The address to type on this machine. */
function urlOf(server: Server, { PUBLIC_URL }: Config): string {
  if (PUBLIC_URL) return PUBLIC_URL
  const { address, port, family } = server.address() as AddressInfo // a TCP server's is never text
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address
  return `http://${family === 'IPv6' && host !== 'localhost' ? `[${host}]` : host}:${port}`
}
