import type { Context } from 'hono'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import type { Deps } from '../api/context.ts'
import { jsonLines } from '../api/json-lines.ts'
import type { Korean } from '../api/ports.ts'
import { createApp } from '../app.ts'
import { createTokenCache } from '../auth/api-tokens/token-cache.ts'
import { importKeys } from '../auth/keys/keys.ts'
import { inlineHasher } from '../auth/passwords/passwords.ts'
import { revocationsByLookUp } from '../auth/sessions/revocations.ts'
import { ConfigError, parseConfig } from '../config/config.ts'
import { warnOfParameters } from '../db/postgres/warn-of-parameters.ts'
import { type Assets, readAsset } from './assets.ts'
import type { RequestBindings } from './connection.ts'

/** The bindings and variables of wrangler.toml, and the secrets. */
export interface Env extends Record<string, unknown> {
  HYPERDRIVE?: { connectionString: string }
  ASSETS?: Assets
}

export interface Service {
  deps: Deps
  fetch: ReturnType<typeof createApp>['fetch']
}

/** Everything that the app needs, on Workers. @throws ConfigError */
export async function createService(env: Env): Promise<Service> {
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
    apiTokens: createTokenCache(),
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
