import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Logger } from '../api/log.ts'
import type { Metrics } from '../api/metrics.ts'
import type { Config } from '../config/config.ts'
import { problems } from '../errors/problems.ts'
import { boundedListener, type Load } from './bounded-listener.ts'
import { gracefulClose } from './graceful-close.ts'
import { createHttpServer, listen, urlOf } from './server.ts'
import { type OnRefused, refuseUnreadableAddress } from './unreadable-requests.ts'

type Fetch = Parameters<typeof getRequestListener>[0]

export interface EarlyListener {
  url: string
  /** The number of running requests. */
  load: Load
  /** Passes all requests to the app, including those that wait. Refusals before the app are counted and logged. */
  serve(fetch: Fetch, noted: { metrics: Metrics; log: Logger }): void
  /** Finishes the running requests, within the configured time. */
  close(): Promise<void>
  /** Cuts every connection, after a failed start. */
  abandon(): void
}

/** Listens at the configured address. Requests wait until `serve` is called. @throws StartError */
export async function listenEarly(config: Config, options: { isShared: boolean }): Promise<EarlyListener> {
  const ready = Promise.withResolvers<void>()
  let listener: ReturnType<typeof getRequestListener> | undefined
  let onRefused: OnRefused | undefined
  const refused: OnRefused = (code, requestId) => onRefused?.(code, requestId)
  const load: Load = { working: 0 }
  const server = createHttpServer(config, refused)
  const closeGracefully = gracefulClose(server)
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (!listener) await ready.promise
    await listener?.(request, response)
  }
  server.on('request', boundedListener(config.MAX_REQUESTS, handle, load, refused))
  await listen(server, config, options)
  return {
    url: urlOf(server, config),
    load,
    serve: (fetch, { metrics, log }) => {
      onRefused = (code, requestId) => {
        metrics.recorder?.refused(code)
        log.info({ request_id: requestId, status: problems[code].status, code }, 'request refused')
      }
      server.on('drop', () => metrics.recorder?.refused('connections.too_many'))
      listener = getRequestListener(fetch, {
        errorHandler: () => refuseUnreadableAddress(refused),
        hostname: 'localhost', // for HTTP/1.0, where the Host header is optional
        autoCleanupIncoming: false, // it would cut the connection when a body stays unread; early-responses.ts handles that
      })
      ready.resolve()
    },
    close: () =>
      closeGracefully({ delay: config.SHUTDOWN_DELAY * 1000, timeout: config.SHUTDOWN_TIMEOUT * 1000 }),
    abandon: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
