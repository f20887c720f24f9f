import { z } from '@hono/zod-openapi'
import { namespace } from '../api/namespace.ts'
import { decodeCursor, pageOf, pageParameters, toPage } from '../api/pagination.ts'
import { jsonResponse } from '../api/responses.ts'
import { roles } from '../api/roles.ts'
import {
  address,
  count,
  dateTime,
  demoSessionId,
  demoTokenId,
  demoUserId,
  output,
  time,
  userAgent,
  uuid,
} from '../http/fields.ts'
import { createRouter } from '../http/router.ts'
import { listEvents } from './audit.service.ts'
import { auditActions, type auditEvents } from './audit.table.ts'
import { endReasons } from './end-reasons.ts'

const Action = z
  .enum(auditActions)
  .openapi('AuditAction', { description: 'What happened.', example: 'user.role_changed' })

const AuditDetail = z
  .strictObject({
    fields: output('Names of the fields that were changed.', { max: 100, example: 'username email' }),
    role: z.enum(roles).openapi({ description: 'The new role.' }),
    reason: z.enum(endReasons).openapi({ description: 'Why the session ended.' }),
    session: uuid('The session that was ended.', demoSessionId),
    count: count('How many sessions ended.', 2),
    policy: output('The limit that was reached.', { max: 32, pattern: '^[a-z-]+$', example: 'login' }),
    token: uuid('The API token of the event.', demoTokenId),
    by_token: uuid('The API token of the request that caused the event.', demoTokenId),
    scopes: output('The scopes of the API token.', { max: 1000, example: 'posts:read posts:write' }),
    kid: output('The key that signs from now on.', { max: 256 }),
    alg: z.enum(['HS256', 'EdDSA', 'ES256', 'RS256']).openapi({ description: 'Its algorithm.' }),
  })
  .partial()
  .openapi('AuditDetail', {
    description: 'More to know: which fields there are depends on the action.',
    example: { role: 'admin' },
  })
type AuditDetail = z.output<typeof AuditDetail>

const AuditEvent = z
  .strictObject({
    id: uuid('Id of the event.', '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d71'),
    at: dateTime('When it happened.'),
    action: Action,
    actor_id: uuid('Who did it, if they were logged in.', demoUserId).nullable(),
    user_id: uuid('Whom it is about, if that account exists.', demoUserId).nullable(),
    session_id: uuid('The session of who did it, or that it is about.', demoSessionId).nullable(),
    address: address('Where the request came from.').nullable(),
    user_agent: userAgent('What program the request came from.').nullable(),
    request_id: output('Id of the request in the logs.', {
      min: 1,
      max: 128,
      pattern: '^[A-Za-z0-9._-]{1,128}$',
      example: '5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1',
    }).nullable(),
    detail: AuditDetail,
  })
  .openapi('AuditEvent', { description: 'Something that happened to an account or a session.' })
type AuditEvent = z.output<typeof AuditEvent>

const list = namespace('Audit', 'What happened to accounts and sessions.').secured(
  {
    operationId: 'listAuditEvents',
    method: 'get',
    path: '/audit-events',
    scope: 'audit:read',
    summary: 'List audit events',
    description: 'What happened to accounts and sessions, newest first; for admins.',
    workload: 'search',
    request: {
      query: z.strictObject({
        action: Action.optional(),
        user: uuid('Only events about this user.').optional(),
        since: time('Only events at or after this time.').optional(),
        until: time('Only events before this time.').optional(),
        ...pageParameters,
      }),
    },
    responses: { 200: jsonResponse(pageOf(AuditEvent, 'AuditEventPage'), 'A page of events.', 'Link') },
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
    detail: toDetail(row.detail),
  }
}

/** The database column can hold any object: only the fields that the schema declares are sent. */
function toDetail(detail: typeof auditEvents.$inferSelect.detail): AuditDetail {
  const known = Object.keys(AuditDetail.shape).flatMap((name) => {
    const value = AuditDetail.safeParse({ [name]: detail[name] }).data
    return value === undefined || detail[name] === undefined ? [] : [[name, detail[name]]]
  })
  return Object.fromEntries(known)
}
