import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { summaryOf } from '../../src/node/tracing/statement-summary.ts'
import { call, logIn } from '../faults/service.ts'
import { freePort } from '../support/processes.ts'
import { startServer } from '../support/server.ts'
import { openCollector, type ReceivedSpan } from './fixtures/collector.ts'

const attribute = (span: ReceivedSpan, name: string) =>
  Object.values(span.attributes.find(({ key }) => key === name)?.value ?? {})[0]

describe('a service with a collector', () => {
  test('Each request is a span of the client’s trace, with its statements and password checks', async () => {
    await using collector = await openCollector()
    const service = await startServer({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      LOG_LEVEL: 'info',
    })
    const token = await logIn(service.url)
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const post = { title: 'canary-title', body: 'canary-body' }
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }
    const created = await call(service.url, { path: '/posts', token, json: post, headers })
    expect(created.status).toBe(201)
    await call(service.url, { path: '/posts/1?canary-query=1' })
    await service.stop()

    expect(new Set(collector.paths)).toEqual(new Set(['POST /v1/traces']))
    const spans = collector.spans()
    const ofRequest = spans.filter((span) => span.traceId === traceId)
    const server = ofRequest.find(({ name }) => name === 'POST /posts')
    expect(server).toMatchObject({ kind: 2, parentSpanId: 'b7ad6b7169203331' })
    expect(server && attribute(server, 'http.route')).toBe('/posts')
    expect(Number(server && attribute(server, 'http.response.status_code'))).toBe(201)
    const statements = ofRequest.filter(({ parentSpanId }) => parentSpanId === server?.spanId)
    expect(statements.map(({ name }) => name).join(' ')).toContain('INSERT posts')
    expect(statements.every((span) => attribute(span, 'db.system.name') === 'postgresql')).toBe(true)

    const logInSpan = spans.find(({ name }) => name === 'POST /auth/token')
    expect(spans).toContainEqual(
      expect.objectContaining({ name: 'password verify', parentSpanId: logInSpan?.spanId }),
    )
    expect(spans.find(({ name }) => name === 'GET /posts/:id')).toBeDefined()
    for (const secret of ['canary', token, '$2b$']) expect(collector.received()).not.toContain(secret)

    const lines = service
      .log()
      .split('\n')
      .filter((line) => line.includes(created.headers.get('x-request-id') ?? '?'))
    expect(lines.map((line) => JSON.parse(line).trace_id)).toEqual([traceId])
  })

  test('An unreachable collector delays no request, and the service stops in time', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    const service = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
    for (let n = 0; n < 20; n++) expect((await call(service.url, { path: '/posts' })).status).toBe(200)
    const stoppedAt = performance.now()
    await service.stop()
    expect(performance.now() - stoppedAt).toBeLessThan(5000)
  })
})

test('The packages of collector, metrics and terminal are loaded only if they are needed', async () => {
  const hook = fileURLToPath(new URL('./fixtures/print-modules.ts', import.meta.url))
  const service = await startServer({ NODE_OPTIONS: `--import=${hook}` })
  await logIn(service.url)
  await service.stop()
  const loaded = [...service.log().matchAll(/^loads (.+)$/gm)].map(([, name = '']) => name)
  expect(loaded).toContain('hono')
  expect(loaded.filter((name) => /opentelemetry|prom-client|pino-pretty/.test(name))).toEqual([])
})

describe('the summary of a statement', () => {
  test.each([
    ['select "id" from "posts" where "id" = $1', 'SELECT', 'SELECT posts'],
    ['insert into "users" ("id") values ($1)', 'INSERT', 'INSERT users'],
    [
      'with new as (insert into "posts" values ($1) returning *) select * from "users"',
      'WITH',
      'INSERT posts SELECT users',
    ],
    ['delete from "limits" where key = $1', 'DELETE', 'DELETE limits'],
    ["select 'secret'", 'SELECT', 'SELECT'],
  ])('The summary of %s has no values', (text, operation, summary) => {
    expect(summaryOf(text)).toEqual({ operation, summary })
  })
})
