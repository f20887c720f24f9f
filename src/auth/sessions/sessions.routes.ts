import { z } from '@hono/zod-openapi'
import { namespace } from '../../api/namespace.ts'
import { decodeCursor, pageOf, toPage } from '../../api/pagination.ts'
import { empty, jsonResponse, noBody } from '../../api/responses.ts'
import { audit } from '../../audit/audit.service.ts'
import { ApiError } from '../../errors/api-error.ts'
import { demoSessionId } from '../../http/fields.ts'
import { uuidParameter } from '../../http/parameters.ts'
import { createRouter } from '../../http/router.ts'
import { EndSessions, ListSessions, SessionInfo, toSessionInfo } from '../log-in/log-in.schemas.ts'
import { endSessions, listSessions } from './sessions.service.ts'

const auth = namespace('Auth')

const list = auth.secured({
  operationId: 'listSessions',
  method: 'get',
  path: '/auth/sessions',
  scope: 'session',
  summary: 'List your sessions',
  description: 'Where you are logged in, newest first.',
  workload: 'list',
  request: { query: ListSessions },
  responses: { 200: jsonResponse(pageOf(SessionInfo, 'SessionPage'), 'A page of sessions.', 'Link') },
})

const end = auth.secured({
  operationId: 'endSession',
  method: 'delete',
  path: '/auth/sessions/{id}',
  scope: 'session',
  summary: 'End one of your sessions',
  description: 'Logs out somewhere else: here at once, on every other server within a second.',
  request: { params: uuidParameter('Id of the session.', demoSessionId) },
  responses: { 204: noBody('The session has ended.') },
  problems: ['sessions.not_found'],
})

const endAll = auth.secured({
  operationId: 'endSessions',
  method: 'delete',
  path: '/auth/sessions',
  scope: 'session',
  summary: 'End all your sessions',
  description: 'Logs out everywhere, here too unless `except_current` is `true`.',
  request: { query: EndSessions },
  responses: { 204: noBody('They have ended.') },
})

export const sessionsRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const { user, db, deps } = c.var
    const scope = { list: 'sessions', filters: user.id }
    const before = decodeCursor(c, cursor, scope, z.uuid())
    const rows = await listSessions(db, { user, before, limit: limit + 1 }, deps)
    const { page, headers } = toPage(c, {
      rows,
      limit,
      scope,
      position: (row) => row.id,
      item: (row) => toSessionInfo(row, user.sessionId),
    })
    return c.json(page, 200, headers)
  })
  .openapi(end, async (c) => {
    const { user, db, deps } = c.var
    const only = c.req.valid('param').id
    const ended = await endSessions(db, { userId: user.id, only, reason: 'revoked' }, deps)
    if (ended.length === 0) throw new ApiError('sessions.not_found')
    await audit(c, { action: 'session.ended', userId: user.id, detail: { reason: 'revoked', session: only } })
    return empty(c, 204)
  })
  .openapi(endAll, async (c) => {
    const { user, db, deps } = c.var
    const kept = c.req.valid('query').except_current === 'true' ? { except: user.sessionId } : {}
    const ended = await endSessions(db, { userId: user.id, reason: 'revoked', ...kept }, deps)
    await audit(c, {
      action: 'session.ended',
      userId: user.id,
      detail: { reason: 'revoked', count: ended.length },
    })
    return empty(c, 204)
  })
