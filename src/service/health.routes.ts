import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { namespace } from '../http/namespace.ts'
import { answer } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'

const service = namespace('Service')

const Health = z
  .strictObject({ status: z.enum(['ok']).openapi({ description: 'How it is.' }) })
  .openapi('Health', { description: 'All is well; otherwise the answer is a problem.' })

const healthz = service.route({
  operationId: 'readHealth',
  method: 'get',
  path: '/healthz',
  summary: 'Is the process alive?',
  description: 'Answers as long as the process can answer at all; it does not ask the database.',
  responses: { 200: answer(Health, 'It is alive.') },
  usesDatabase: false,
})

const readyz = service.route({
  operationId: 'readReadiness',
  method: 'get',
  path: '/readyz',
  summary: 'Can it do its work?',
  description: 'Asks the database. Load balancers send requests here only while it answers 200.',
  responses: { 200: answer(Health, 'It can.') },
})

export const healthRoutes = createRouter()
  .openapi(healthz, (c) => c.json({ status: 'ok' as const }, 200))
  .openapi(readyz, async (c) => {
    await c.var.db.execute(sql`select 1`)
    return c.json({ status: 'ok' as const }, 200)
  })
