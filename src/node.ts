import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { ensureFirstAdmin } from './accounts/first-admin.ts'
import type { Deps } from './api/context.ts'
import type { Logger } from './api/log.ts'
import { noteSigningKey } from './audit/key-events.ts'
import { importKeys } from './auth/keys/keys.ts'
import { revocationsByList } from './auth/sessions/revocations.ts'
import type { Config } from './config/config.ts'
import { type DatabaseHandle, openPostgres } from './db/database.ts'
import { openEmbedded } from './db/embedded/embedded.ts'
import { migrate } from './db/migrate.ts'
import { warnOfParameters } from './db/postgres/warn-of-parameters.ts'
import { problems } from './errors/problems.ts'
import { boundedListener, type Load } from './node/bounded-listener.ts'
import { sweepHourly } from './node/cleanup-hourly.ts'
import { docsFile } from './node/docs-files.ts'
import { gracefulClose } from './node/graceful-close.ts'
import { configuredKeys } from './node/keys/configured-keys.ts'
import { createLog } from './node/log.ts'
import { type Measured, openMetrics } from './node/metrics/open-metrics.ts'
import { readCommonPasswords } from './node/passwords/common-passwords-file.ts'
import { passwordPool } from './node/passwords/password-pool.ts'
import { createHttpServer, listen, urlOf } from './node/server.ts'
import type { Tracing } from './node/tracing/tracing.ts'
import { type OnRefused, refuseUnreadableAddress } from './node/unreadable-requests.ts'
import { fillSkeletons } from './users/fill-skeletons.ts'

export interface RunningServer {
  url: string
  /** Which database, without user and password. */
  database: string
  /** Reads the keys of the settings anew, from their file. @throws ConfigError, and the old ones stay in force */
  reloadKeys(): Promise<void>
  /** The metrics of this process alone. */
  measured(): Promise<Measured>
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>
}

/** Opens the database of the configuration, at the present version of its tables. */
export async function openDatabase(config: Config, tracing?: Tracing): Promise<DatabaseHandle> {
  if (!config.DATABASE_URL) {
    const timeout = config.DATABASE_TIMEOUT * 1000
    const handle = await openEmbedded({ folder: config.DATA_DIR, timeout, observe: tracing?.query })
    await migrate({ handle })
    await fillSkeletons(handle.connect('write'))
    return handle
  }
  await migrate({ url: config.DATABASE_URL })
  const handle = openServer(config, tracing)
  await fillSkeletons(handle.connect('write'))
  return handle
}

function openServer(config: Config, tracing?: Tracing): DatabaseHandle {
  const { DATABASE_URL: url = '', DATABASE_POOL: connections, DATABASE_TIMEOUT } = config
  return openPostgres({ url, connections, timeout: DATABASE_TIMEOUT * 1000, observe: tracing?.query })
}

interface DepsOptions {
  /** Processes on this machine that share the work. */
  workers?: number
  isStopping?: () => boolean
  tracing?: Tracing | undefined
  log?: Logger
  /** Requests that are worked on. */
  load?: Load
  /** Gives what all of several processes have measured. */
  askAll?: (() => Promise<Map<number, Measured>>) | undefined
}

/** Everything that the app needs, on Node. The database must be open: its folder may hold the secret. */
export async function createDeps(config: Config, database: DatabaseHandle, options: DepsOptions = {}) {
  const { workers = 1, isStopping = () => false, tracing, load, askAll } = options
  const keys = await importKeys(await configuredKeys(config))
  const passwords = passwordPool({
    cost: config.BCRYPT_COST,
    queue: config.PASSWORD_QUEUE,
    workers,
    observe: (task) => {
      const startedAt = performance.now()
      const ended = tracing?.task(`password ${task}`)
      return () => {
        ended?.()
        metrics.recorder?.password(task, performance.now() - startedAt)
      }
    },
  })
  const revocations = revocationsByList({
    connect: () => database.connect('read'),
    tokenLife: config.ACCESS_TOKEN_TTL + config.CLOCK_TOLERANCE,
    deadline: config.DATABASE_TIMEOUT,
    isShared: database.kind === 'postgres',
  })
  const metrics = openMetrics({
    sources: {
      requestsInFlight: () => load?.working ?? 0,
      database: () => database.stats?.(),
      passwords: passwords.stats,
      revocations: revocations.stats,
    },
    askAll,
    isWanted: config.METRICS_TOKEN !== undefined,
  })
  const deps: Deps = {
    config,
    keys,
    passwords,
    revocations,
    peerAddress: (c) =>
      (c as unknown as Context<{ Bindings: HttpBindings }>).env?.incoming?.socket.remoteAddress,
    log: options.log ?? (await createLog(config.LOG_LEVEL)),
    metrics,
    ...(tracing && { trace: tracing.request }),
    connect: (_, purpose) => database.connect(purpose),
    commonPasswords: readCommonPasswords,
    docsFile,
    document: async (app) => (await import('./document/document.ts')).buildDocument(app, config),
    korean: async () => (await import('./languages/korean.ts')).korean,
    isStopping,
    now: Date.now,
  }
  const close = async () => {
    revocations.close()
    await passwords.close()
  }
  return { deps, metrics, close }
}

/** What is done once at a start, however many processes there are. @throws ConfigError */
export async function prepare(deps: Deps, database: DatabaseHandle): Promise<void> {
  await ensureFirstAdmin(deps, database.connect('write'))
  await noteSigningKey(database.connect('write'), deps)
}

interface StartOptions {
  /** Processes that share the address; with several, the one that started them has prepared the database. */
  workers?: number
  /** Gives what all of them have measured. */
  askAll?: () => Promise<Map<number, Measured>>
}

/**
 * Starts the service. It listens before the database is open, so that a taken port is found at once;
 * requests that come early wait. @throws StartError, ConfigError, DataFolderError
 */
export async function startServer(
  config: Config,
  { workers = 1, askAll }: StartOptions = {},
): Promise<RunningServer> {
  const ready = Promise.withResolvers<ReturnType<typeof getRequestListener>>()
  let onRefused: OnRefused | undefined
  const refused: OnRefused = (code, requestId) => onRefused?.(code, requestId)
  const load: Load = { working: 0 }
  const server = createHttpServer(config, refused)
  const close = gracefulClose(server)
  let isStopping = false
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    await (await ready.promise)(request, response)
  }
  server.on('request', boundedListener(config.MAX_REQUESTS, handle, load, refused))
  await listen(server, config, { isShared: workers > 1 })

  let opened: DatabaseHandle | undefined
  try {
    const { log, tracing } = await openLog(config)
    if (workers === 1) warnOfParameters(config.DATABASE_URL, log)
    const database = workers > 1 ? openServer(config, tracing) : await openDatabase(config, tracing)
    opened = database
    const { createApp } = await import('./app.ts') // other commands open the database and need no app
    const options = { workers, isStopping: () => isStopping, tracing, log, load, askAll }
    const { deps, metrics, close: closeDeps } = await createDeps(config, database, options)
    onRefused = (code, requestId) => {
      metrics.recorder?.refused(code)
      log.info({ request_id: requestId, status: problems[code].status, code }, 'request refused')
    }
    server.on('drop', () => metrics.recorder?.refused('connections.too_many'))
    if (workers === 1) await prepare(deps, database)
    await metrics.ready()
    const endSweeping = workers === 1 ? sweepHourly(deps, database) : () => {}
    ready.resolve(
      getRequestListener(createApp(deps).fetch, {
        errorHandler: () => refuseUnreadableAddress(refused),
        hostname: 'localhost', // for HTTP/1.0, where a request need not name a host
        autoCleanupIncoming: false, // it cuts the connection of a body that nobody reads: early-responses.ts does not
      }),
    )
    return {
      url: urlOf(server, config),
      database: describeDatabase(database),
      reloadKeys: async () => {
        deps.keys = await importKeys(await configuredKeys(config))
        await noteSigningKey(database.connect('write'), deps)
      },
      measured: metrics.measured,
      stop: async () => {
        isStopping = true
        endSweeping()
        await close({ delay: config.SHUTDOWN_DELAY * 1000, timeout: config.SHUTDOWN_TIMEOUT * 1000 })
        await closeDeps()
        await database.close()
        await tracing?.close()
      },
    }
  } catch (error) {
    server.close()
    server.closeAllConnections()
    await opened?.close()
    throw error
  }
}

/** The log and, if a collector is set, the tracing whose ids are in its lines. */
async function openLog(config: Config): Promise<{ log: Logger; tracing: Tracing | undefined }> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, LOG_LEVEL } = config
  if (endpoint === undefined) return { log: await createLog(LOG_LEVEL), tracing: undefined }
  const { openTracing } = await import('./node/tracing/tracing.ts')
  const onReach = (isReached: boolean) => {
    if (isReached) log.info({}, 'traces are sent again')
    else log.warn({}, 'traces cannot be sent: is there a collector at OTEL_EXPORTER_OTLP_ENDPOINT?')
  }
  const tracing = openTracing({ endpoint, config, onReach })
  const log = await createLog(LOG_LEVEL, { more: tracing.fields })
  return { log, tracing }
}

/** For people, without user and password. */
export function describeDatabase({ kind, description }: DatabaseHandle): string {
  return `${kind === 'embedded' ? 'embedded PostgreSQL in' : 'PostgreSQL at'} ${description}`
}
