import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { MiddlewareHandler } from 'hono'
import program from '../../../package.json' with { type: 'json' }
import type { AppEnv } from '../../api/context.ts'
import type { Config } from '../../config/config.ts'
import type { QueryObserver } from '../../db/postgres/connection.ts'
import { summaryOf } from './statement-summary.ts'

/** The maximum time, in milliseconds, to send the last spans when the service stops. */
const shutdownTimeout = 2000

/** Records spans for a collector. */
export interface Tracing {
  /** Wraps each request. */
  request: MiddlewareHandler<AppEnv>
  /** Wraps each statement of a request. */
  query: QueryObserver
  /** Wraps other work of a request. */
  task(name: string): () => void
  /** The trace id and span id for the log line. */
  fields(): { trace_id?: string; span_id?: string }
  /** Sends the remaining spans, for two seconds at most. */
  close(): Promise<void>
}

interface TracingOptions {
  /** The endpoint for spans. */
  endpoint: string
  config: Pick<Config, 'OTEL_SERVICE_NAME' | 'OTEL_TRACES_SAMPLER_ARG'>
  /** Called when the collector becomes unreachable, and when it is reachable again. */
  onReach(isReachable: boolean): void
}

/**
 * Tracing with OpenTelemetry: a span for each request, which continues the client's `traceparent` (W3C Trace Context),
 * and one for each of its statements and passwords. Spans contain no URL, query, value or personal name. If the
 * collector is unavailable, only spans are lost. Load this module only if tracing is configured.
 */
export function openTracing({ endpoint, config, onReach }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': config.OTEL_SERVICE_NAME,
      'service.version': program.version,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: watched(exporter, onReach) })],
  })
  const tracer = provider.getTracer('gatepost', program.version)
  const propagator = new W3CTraceContextPropagator()
  const contexts = new AsyncLocalStorage<Context>()

  const childSpan = (name: string, kind: SpanKind, attributes: Record<string, string>): Span | undefined => {
    const parent = contexts.getStore()
    return parent && tracer.startSpan(name, { kind, attributes }, parent)
  }

  return {
    request: (c, next) => {
      const parent = propagator.extract(ROOT_CONTEXT, c.req.raw.headers, headerGetter)
      const { method } = c.req
      const attributes = { 'http.request.method': method }
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent)
      return contexts.run(trace.setSpan(parent, span), async () => {
        await next()
        const route = c.get('route') ?? '/*'
        const { status } = c.res
        span.updateName(`${method} ${route}`)
        span.setAttributes({
          'http.route': route,
          'http.response.status_code': status,
          'gatepost.request_id': c.get('requestId'),
        })
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      })
    },
    query: (text) => {
      const { operation, summary } = summaryOf(text)
      const span = childSpan(summary, SpanKind.CLIENT, {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.query.summary': summary,
      })
      return (error) => {
        if (error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR })
        span?.end()
      }
    },
    task: (name) => {
      const span = childSpan(name, SpanKind.INTERNAL, {})
      return () => span?.end()
    },
    fields: () => {
      const span = trace.getSpanContext(contexts.getStore() ?? ROOT_CONTEXT)
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {}
    },
    close: async () => {
      const { promise: tooLate, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, shutdownTimeout)
      await Promise.race([provider.shutdown().catch(() => {}), tooLate])
      clearTimeout(timer)
    },
  }
}

const headerGetter = {
  keys: (headers: Headers) => [...headers.keys()],
  get: (headers: Headers, name: string) => headers.get(name) ?? undefined,
}

/** The same exporter, with a callback when it starts to fail and when it works again. */
function watched(exporter: SpanExporter, onReach: (isReachable: boolean) => void): SpanExporter {
  let isReachable = true
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const isSent = result.code === 0
        if (isSent !== isReachable) onReach(isSent)
        isReachable = isSent
        done(result)
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  }
}
