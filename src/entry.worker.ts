import type { Context, ExecutionContext } from 'hono'
import { createApp } from './app.ts'
import { importKeys } from './auth/keys.ts'
import { inlineHasher } from './auth/passwords.ts'
import { revocationsByLookUp } from './auth/revocations.ts'
import { type Config, ConfigError, parseConfig } from './config.ts'
import type { Deps, Logger } from './context.ts'
import { type DatabaseHandle, openPostgres } from './db/client.ts'

interface Env extends Record<string, unknown> {
  HYPERDRIVE?: { connectionString: string }
  ASSETS?: { fetch(request: Request): Promise<Response> }
}

interface RequestBindings {
  database: DatabaseHandle
}

/** Made at the first request, since the settings come with it; then kept as long as the isolate lives. */
let app: Promise<ReturnType<typeof createApp>> | undefined

export default {
  async fetch(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
    const config = configOf(env)
    // A connection belongs to the request that opened it: kept for the next one it would hang.
    const database = openPostgres({
      url: config.DATABASE_URL ?? '',
      connections: 1,
      timeout: config.DATABASE_TIMEOUT * 1000,
    })
    try {
      app ??= buildApp(config, env)
      return await (await app).fetch(request, { database } satisfies RequestBindings, execution)
    } finally {
      execution.waitUntil(database.close())
    }
  },
}

function configOf(env: Env): Config {
  const config = parseConfig({
    ...env,
    DATABASE_URL: env.HYPERDRIVE?.connectionString ?? env.DATABASE_URL,
  })
  if (!config.DATABASE_URL) throw new ConfigError('Bind HYPERDRIVE, or set DATABASE_URL as a secret.')
  return config
}

async function buildApp(config: Config, env: Env) {
  const deps: Deps = {
    config,
    keys: await importKeys({
      keySet: config.JWT_KEYS,
      secret: config.JWT_SECRET,
      previousSecrets: config.JWT_PREVIOUS_SECRETS,
    }),
    passwords: inlineHasher(config.BCRYPT_COST),
    revocations: revocationsByLookUp(),
    peerAddress: (c) => c.req.header('CF-Connecting-IP'),
    log: jsonLines(config.LOG_LEVEL),
    connect: (c: Context<{ Bindings: RequestBindings }>) => c.env.database.connect(),
    swaggerUiFile: async (name) => {
      const file = await env.ASSETS?.fetch(new Request(`https://assets.local/${name}`))
      if (!file?.ok) return undefined
      return {
        content: new Uint8Array(await file.arrayBuffer()),
        type: file.headers.get('Content-Type') ?? 'application/octet-stream',
      }
    },
    isStopping: () => false,
    now: Date.now,
  }
  return createApp(deps)
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** The log lines of Node, on the console that Workers collect. */
function jsonLines(least: Config['LOG_LEVEL']): Logger {
  const line = (level: keyof Logger) => (fields: Record<string, unknown>, message: string) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    // biome-ignore lint/suspicious/noConsole: the log of Workers is the console
    console.log(JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message }))
  }
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}
