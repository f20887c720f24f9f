import { z } from '@hono/zod-openapi'
import { namespace } from '../http/namespace.ts'
import { decodeCursor, pageOf, pageParameters, toPage } from '../http/pagination.ts'
import { answer } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'
import { listEvents } from './audit.service.ts'
import { auditActions, type auditEvents } from './audit.table.ts'

const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
const Id = z.uuid().openapi({ example: '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e' })

const AuditEvent = z
  .strictObject({
    id: Id,
    at: Timestamp,
    action: z.enum(auditActions),
    actor_id: Id.nullable().openapi({ description: 'Who did it, if they were logged in.' }),
    user_id: Id.nullable().openapi({ description: 'Whom it is about, if that account exists.' }),
    session_id: Id.nullable(),
    address: z.string().nullable().openapi({ example: '203.0.113.7' }),
    user_agent: z.string().nullable().openapi({ example: 'curl/8.14.1' }),
    request_id: z.string().nullable().openapi({ example: '5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1' }),
    detail: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .openapi({ description: 'More to know, such as the new role.', example: { role: 'admin' } }),
  })
  .openapi('AuditEvent', { description: 'Something that happened to an account or a session.' })
type AuditEvent = z.output<typeof AuditEvent>

const Time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional()

const list = namespace('Audit').secured(
  {
    operationId: 'listAuditEvents',
    method: 'get',
    path: '/audit-events',
    summary: 'List audit events',
    description: 'What happened to accounts and sessions, newest first; for admins.',
    request: {
      query: z.strictObject({
        action: z.enum(auditActions).optional().openapi({ description: 'Only events of this kind.' }),
        user: z.uuid().optional().openapi({ description: 'Only events about this user.' }),
        since: Time.openapi({ format: 'date-time', description: 'Only events at or after this time.' }),
        until: Time.openapi({ format: 'date-time', description: 'Only events before this time.' }),
        ...pageParameters,
      }),
    },
    responses: { 200: answer(pageOf(AuditEvent, 'AuditEventPage'), 'A page of events.', 'Link') },
  },
  { role: 'admin' },
)

export const auditRoutes = createRouter().openapi(list, async (c) => {
  const { limit, cursor, ...filters } = c.req.valid('query')
  const scope = { list: 'audit-events', filters }
  const before = decodeCursor(c, cursor, scope, z.uuid())
  const rows = await listEvents(c.var.db, { ...filters, before, limit: limit + 1 })
  const { page, headers } = toPage(c, {
    rows,
    limit,
    scope,
    position: (row) => row.id,
    item: toAuditEvent,
  })
  return c.json(page, 200, headers)
})

function toAuditEvent(row: typeof auditEvents.$inferSelect): AuditEvent {
  return {
    id: row.id,
    at: row.at.toISOString(),
    action: row.action,
    actor_id: row.actorId,
    user_id: row.userId,
    session_id: row.sessionId,
    address: row.address,
    user_agent: row.userAgent,
    request_id: row.requestId,
    detail: row.detail,
  }
}
