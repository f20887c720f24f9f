import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Deps } from '../api/context.ts'
import type { Logger } from '../api/log.ts'
import { createTokenCache } from '../auth/api-tokens/token-cache.ts'
import { importKeys } from '../auth/keys/keys.ts'
import { revocationsByList } from '../auth/sessions/revocations.ts'
import type { Config } from '../config/config.ts'
import type { DatabaseHandle } from '../db/database.ts'
import type { Load } from './bounded-listener.ts'
import { docsFile } from './docs-files.ts'
import { configuredKeys } from './keys/configured-keys.ts'
import { createLog } from './log.ts'
import { openMetrics, type ProcessMetrics } from './metrics/open-metrics.ts'
import { readCommonPasswords } from './passwords/common-passwords-file.ts'
import { passwordPool } from './passwords/password-pool.ts'
import type { Tracing } from './tracing/tracing.ts'

interface DepsOptions {
  /** The number of processes on this machine that share the load. */
  workers?: number
  isStopping?: () => boolean
  tracing?: Tracing | undefined
  log?: Logger
  /** The number of running requests. */
  load?: Load
  /** Returns the metrics of all processes. */
  readAll?: (() => Promise<Map<number, ProcessMetrics>>) | undefined
}

/** Everything that the app needs, on Node. The database must be open, since its folder may contain the secret. */
export async function createDeps(config: Config, database: DatabaseHandle, options: DepsOptions = {}) {
  const { workers = 1, isStopping = () => false, tracing, load, readAll } = options
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
    readAll,
    isWanted: config.METRICS_TOKEN !== undefined,
  })
  const deps: Deps = {
    config,
    keys,
    passwords,
    revocations,
    apiTokens: createTokenCache(),
    peerAddress: (c) =>
      (c as unknown as Context<{ Bindings: HttpBindings }>).env?.incoming?.socket.remoteAddress,
    log: options.log ?? (await createLog(config.LOG_LEVEL)),
    metrics,
    ...(tracing && { trace: tracing.request }),
    connect: (_, workload) => database.connect(workload),
    commonPasswords: readCommonPasswords,
    docsFile,
    document: async (app) => (await import('../document/document.ts')).buildDocument(app, config),
    korean: async () => (await import('../languages/korean.ts')).korean,
    isStopping,
    now: Date.now,
  }
  const close = async () => {
    revocations.close()
    await passwords.close()
  }
  return { deps, metrics, close }
}
