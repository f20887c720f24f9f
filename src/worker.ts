import type { Context, ExecutionContext } from 'hono'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import type { Deps } from './api/context.ts'
import { jsonLines } from './api/json-lines.ts'
import type { Korean } from './api/ports.ts'
import { requestIdOf } from './api/request-context.ts'
import { createApp } from './app.ts'
import { noteSigningKey } from './audit/key-events.ts'
import { importKeys } from './auth/keys/keys.ts'
import { inlineHasher } from './auth/passwords/passwords.ts'
import { revocationsByLookUp } from './auth/sessions/revocations.ts'
import { sweep } from './cleanup/cleanup.ts'
import { type Config, ConfigError, parseConfig } from './config/config.ts'
import { type DatabaseHandle, openPostgres } from './db/database.ts'
import { warnOfParameters } from './db/postgres/warn-of-parameters.ts'
import { describeError } from './errors/errors.ts'
import type { ProblemCode } from './errors/problems.ts'
import { bareProblem } from './http/bare-problem.ts'

interface Env extends Record<string, unknown> {
  HYPERDRIVE?: { connectionString: string }
  ASSETS?: Assets
}

interface Assets {
  fetch(request: Request): Promise<Response>
}

/** What a request brings along: its own way to the database, since a connection belongs to whom it was opened for. */
interface RequestBindings {
  connection: Connection
}

interface Service {
  deps: Deps
  fetch: ReturnType<typeof createApp>['fetch']
}

/** Made at the first request, since the settings come with it; then kept as long as the isolate lives. */
let service: Service | undefined

export default {
  async fetch(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
    try {
      // Not the promise: another request must never wait for one that may be cancelled meanwhile.
      service ??= await createService(env)
    } catch (error) {
      return refuseToServe(request, error)
    }
    if (areTooLarge(request.headers))
      return bareResponse('request.headers_too_large', request, { origins: service.deps.config.CORS_ORIGINS })
    const connection = lazyConnection(service.deps.config)
    try {
      const response = await service.fetch(request, { connection } satisfies RequestBindings, execution)
      if (response.status === 413) await forgetRest(request, service.deps.config.BODY_LIMIT)
      return keepEntityTag(response)
    } finally {
      execution.waitUntil(connection.close())
    }
  },

  /** What Node does at its start and by a timer. An error is thrown: it marks the run as failed. */
  async scheduled(_event: unknown, env: Env): Promise<void> {
    service ??= await createService(env)
    const { deps } = service
    const connection = lazyConnection(deps.config)
    try {
      await noteSigningKey(connection.open(), deps)
      deps.log.info({ deleted: await sweep(connection.open(), deps.config) }, 'swept')
    } finally {
      await connection.close()
    }
  },
}

type Connection = ReturnType<typeof lazyConnection>

/** A connection to the database for one request: opened by its first query, closed after the answer. */
function lazyConnection({ DATABASE_URL = '', DATABASE_TIMEOUT }: Config) {
  let handle: DatabaseHandle | undefined
  const open = () => {
    handle ??= openPostgres({ url: DATABASE_URL, connections: 1, timeout: DATABASE_TIMEOUT * 1000 })
    return handle.connect('read')
  }
  return { open, close: async () => handle?.close() }
}

async function createService(env: Env): Promise<Service> {
  const config = parseConfig({ ...env, DATABASE_URL: env.HYPERDRIVE?.connectionString ?? env.DATABASE_URL })
  if (!config.DATABASE_URL) throw new ConfigError('HYPERDRIVE: bind it, or set DATABASE_URL as a secret.')
  if (!env.ASSETS) throw new ConfigError('ASSETS: is not bound; take the [assets] of wrangler.toml.')
  const assets = env.ASSETS
  let korean: Korean | undefined
  warnOfParameters(config.DATABASE_URL, jsonLines(config.LOG_LEVEL))
  const deps: Deps = {
    config,
    keys: await importKeys({
      keySet: config.JWT_KEYS,
      secret: config.JWT_SECRET,
      previousSecrets: config.JWT_PREVIOUS_SECRETS,
      isProduction: config.NODE_ENV === 'production',
    }),
    passwords: inlineHasher(config.BCRYPT_COST),
    revocations: revocationsByLookUp(),
    peerAddress: (c) => c.req.header('CF-Connecting-IP'),
    log: jsonLines(config.LOG_LEVEL),
    connect: (c: Context<{ Bindings: RequestBindings }>) => c.env.connection.open(),
    commonPasswords: async () => (await readAsset(assets, 'common-passwords.txt')).text(),
    docsFile: async (name) => (await readAsset(assets, name)).body ?? new Uint8Array(),
    document: async () => (await (await readAsset(assets, 'openapi.json')).json()) as OpenAPIObject,
    korean: async () => {
      korean ??= (await (await readAsset(assets, 'korean.json')).json()) as Korean
      return korean
    },
    isStopping: () => false,
    now: Date.now,
  }
  return { deps, fetch: createApp(deps).fetch }
}

/** The limits of Node; those of Cloudflare are far above. */
function areTooLarge(headers: Headers): boolean {
  let count = 0
  let size = 0
  for (const [name, value] of headers) {
    count++
    size += name.length + value.length + 4 // colon, blank and line end
  }
  return count > 100 || size > 16 * 1024
}

function bareResponse(
  code: ProblemCode,
  request: Request,
  { origins = [], more = {} }: { origins?: readonly string[]; more?: Record<string, string> } = {},
): Response {
  const requestId = requestIdOf(request.headers)
  const origin = request.headers.get('Origin') ?? undefined
  const { status, headers, body } = bareProblem(code, { requestId, origins, origin })
  return new Response(body, { status, headers: { ...headers, ...more } })
}

/** A body this many times over the limit is read to its end and forgotten. */
const politeness = 8

/** workerd cuts the connection of a body that nobody reads, and the client would not see the response. */
async function forgetRest({ body, headers }: Request, limit: number): Promise<void> {
  if (!body || body.locked || Number(headers.get('Content-Length') ?? 0) > limit * politeness) return
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit * politeness) return
  }
}

/** Without settings there is no app, no log level and no address: the least that a client and a log can be told. */
function refuseToServe(request: Request, error: unknown): Response {
  const isConfig = error instanceof ConfigError
  const code = isConfig ? 'service.misconfigured' : 'service.failure'
  const why = isConfig ? { reason: error.message } : { error: describeError(error) }
  const response = bareResponse(code, request, { more: isConfig ? { 'Retry-After': '60' } : {} })
  jsonLines('error').error({ request_id: response.headers.get('X-Request-Id') ?? '', ...why }, code)
  return response
}

/** Cloudflare makes a strong ETag weak when it compresses, and If-Match would never match again. */
function keepEntityTag(response: Response): Response {
  if (response.headers.has('ETag')) {
    response.headers.set('Cache-Control', `${response.headers.get('Cache-Control')}, no-transform`)
  }
  return response
}

/** A file of worker/assets.ts. The host is nobody's: ASSETS looks at the path alone. */
async function readAsset(assets: Assets, name: string): Promise<Response> {
  const response = await assets.fetch(new Request(`https://assets.invalid/${name}`))
  if (!response.ok) throw new Error(`The static asset ${name} is answered with ${response.status}.`)
  return response
}
