import { z } from '@hono/zod-openapi'
import { namespace } from '../api/namespace.ts'
import { fastJson, jsonResponse } from '../api/responses.ts'
import { databaseFailure } from '../db/readiness.ts'
import { ApiError } from '../errors/api-error.ts'
import { createRouter } from '../http/router.ts'

const service = namespace('Service', 'Health, this document and its pages.')

const Health = z
  .strictObject({ status: z.enum(['ok']).openapi({ description: 'How it is.' }) })
  .openapi('Health', { description: 'All is well; otherwise the answer is a problem.' })

const healthz = service.route({
  operationId: 'readHealth',
  method: 'get',
  path: '/healthz',
  summary: 'Is the process alive?',
  description: 'Answers as long as the process can answer at all; it does not ask the database.',
  responses: { 200: jsonResponse(Health, 'It is alive.') },
  usesDatabase: false,
  ignoresQuery: true,
})

const readyz = service.route({
  operationId: 'readReadiness',
  method: 'get',
  path: '/readyz',
  summary: 'Can it do its work?',
  description:
    'Asks the database, which must answer, take writes and have the tables of this version. Load balancers send requests here only while it answers 200; otherwise `detail` says which check has failed.',
  responses: { 200: jsonResponse(Health, 'It can.') },
  problems: ['service.stopping'],
  ignoresQuery: true,
})

export const healthRoutes = createRouter()
  .openapi(healthz, (c) => fastJson(c, { status: 'ok' as const }, 200))
  .openapi(readyz, async (c) => {
    if (c.var.deps.isStopping()) throw new ApiError('service.stopping')
    const failure = await databaseFailure(c.var.db)
    if (failure) throw new ApiError('service.unavailable', failure)
    return fastJson(c, { status: 'ok' as const }, 200)
  })
