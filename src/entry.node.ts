import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { noteSigningKey } from './audit/key-events.ts'
import { readCommonPasswords } from './auth/common-passwords-file.ts'
import { configuredKeys } from './auth/configured-keys.ts'
import { ensureFirstAdmin } from './auth/first-admin.ts'
import { importKeys } from './auth/keys.ts'
import { passwordPool } from './auth/password-pool.ts'
import { revocationsByList } from './auth/revocations.ts'
import { boundedListener } from './bounded-listener.ts'
import type { Config } from './config.ts'
import type { Deps } from './context.ts'
import { type DatabaseHandle, openPostgres } from './db/client.ts'
import { openEmbedded } from './db/embedded.ts'
import { migrate } from './db/migrate.ts'
import { gracefulClose } from './graceful-close.ts'
import { createHttpServer, listen, urlOf } from './http-server.ts'
import { createLog } from './log.ts'
import { swaggerUiFile } from './service/swagger-ui-files.ts'
import { sweepHourly } from './sweep-hourly.ts'
import { refuseUnreadableAddress } from './unreadable-requests.ts'

export interface RunningServer {
  url: string
  /** Which database, without user and password. */
  database: string
  /** Reads the keys of the settings anew, from their file. @throws ConfigError, and the old ones stay in force */
  reloadKeys(): Promise<void>
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
  return openServer(config)
}

function openServer({ DATABASE_URL: url = '', DATABASE_POOL, DATABASE_TIMEOUT }: Config): DatabaseHandle {
  return openPostgres({ url, connections: DATABASE_POOL, timeout: DATABASE_TIMEOUT * 1000 })
}

interface DepsOptions {
  /** Processes on this machine that share the work. */
  workers?: number
  isStopping?: () => boolean
}

/** Everything that the app needs, on Node. The database must be open: its folder may hold the secret. */
export async function createDeps(config: Config, database: DatabaseHandle, options: DepsOptions = {}) {
  const { workers = 1, isStopping = () => false } = options
  const keys = await importKeys(await configuredKeys(config))
  const passwords = passwordPool({ cost: config.BCRYPT_COST, queue: config.PASSWORD_QUEUE, workers })
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
    isStopping,
    now: Date.now,
  }
  const close = async () => {
    revocations.close()
    await passwords.close()
  }
  return { deps, close }
}

/** What is done once at a start, however many processes there are. @throws ConfigError */
export async function prepare(deps: Deps, database: DatabaseHandle): Promise<void> {
  await ensureFirstAdmin(deps, database.connect())
  await noteSigningKey(database.connect(), deps)
}

interface StartOptions {
  /** Processes that share the address; with several, the one that started them has prepared the database. */
  workers?: number
}

/**
 * Starts the service. It listens before the database is open, so that a taken port is found at once;
 * requests that come early wait. @throws StartError, ConfigError, DataFolderError
 */
export async function startServer(
  config: Config,
  { workers = 1 }: StartOptions = {},
): Promise<RunningServer> {
  const ready = Promise.withResolvers<ReturnType<typeof getRequestListener>>()
  const server = createHttpServer(config)
  const close = gracefulClose(server)
  let isStopping = false
  server.on(
    'request',
    boundedListener(config.MAX_REQUESTS, async (request, response) => {
      await (await ready.promise)(request, response)
    }),
  )
  await listen(server, config, { isShared: workers > 1 })

  let opened: DatabaseHandle | undefined
  try {
    const database = workers > 1 ? openServer(config) : await openDatabase(config)
    opened = database
    const { createApp } = await import('./app.ts') // other commands open the database and need no app
    const options = { workers, isStopping: () => isStopping }
    const { deps, close: closeDeps } = await createDeps(config, database, options)
    if (workers === 1) await prepare(deps, database)
    const endSweeping = workers === 1 ? sweepHourly(deps, database) : () => {}
    ready.resolve(
      getRequestListener(createApp(deps).fetch, {
        errorHandler: refuseUnreadableAddress,
        hostname: 'localhost', // for HTTP/1.0, where a request need not name a host
      }),
    )
    return {
      url: urlOf(server, config),
      database: describeDatabase(database),
      reloadKeys: async () => {
        deps.keys = await importKeys(await configuredKeys(config))
        await noteSigningKey(database.connect(), deps)
      },
      stop: async () => {
        isStopping = true
        endSweeping()
        await close({ delay: config.SHUTDOWN_DELAY * 1000, timeout: config.SHUTDOWN_TIMEOUT * 1000 })
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

/** For people, without user and password. */
export function describeDatabase({ kind, description }: DatabaseHandle): string {
  return `${kind === 'embedded' ? 'embedded PostgreSQL in' : 'PostgreSQL at'} ${description}`
}
