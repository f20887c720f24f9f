import type { ExecutionContext } from 'hono'
import { recordSigningKey } from './audit/key-events.ts'
import { cleanUp } from './cleanup/cleanup.ts'
import { lazyConnection, type RequestBindings } from './worker/connection.ts'
import { refuseLargeHeaders, refuseToServe } from './worker/refusals.ts'
import { withoutPlatformChanges } from './worker/responses.ts'
import { createService, type Env, type Service } from './worker/service.ts'

/** Built at the first request, since the settings come with it; then kept for the life of the isolate. */
let service: Service | undefined

export default {
  async fetch(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
    try {
      // Not the promise: a request must never wait for another one, which may be cancelled.
      service ??= await createService(env)
    } catch (error) {
      return refuseToServe(request, error)
    }
    const { config } = service.deps
    const refusal = refuseLargeHeaders(request, config.CORS_ORIGINS)
    if (refusal) return refusal
    const connection = lazyConnection(config)
    try {
      const response = await service.fetch(request, { connection } satisfies RequestBindings, execution)
      return await withoutPlatformChanges(request, response, config.BODY_LIMIT)
    } finally {
      execution.waitUntil(connection.close())
    }
  },

  /**
   * The scheduled cleanup, which a timer does on Node. An error is thrown, so that Cloudflare marks the run as failed.
   */
  async scheduled(_event: unknown, env: Env): Promise<void> {
    service ??= await createService(env)
    const { deps } = service
    const connection = lazyConnection(deps.config)
    try {
      await recordSigningKey(connection.open(), deps)
      deps.log.info({ deleted: await cleanUp(connection.open(), deps.config) }, 'deleted expired rows')
    } finally {
      await connection.close()
    }
  },
}
