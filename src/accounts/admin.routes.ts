import { namespace } from '../api/namespace.ts'
import { body, empty, jsonResponse, noBody } from '../api/responses.ts'
import { audit } from '../audit/audit.service.ts'
import { endSessions } from '../auth/sessions/sessions.service.ts'
import { preconditionsOf, writeConditions } from '../http/conditional.ts'
import { otherDemoUserId } from '../http/fields.ts'
import { uuidParameter } from '../http/parameters.ts'
import { createRouter } from '../http/router.ts'
import { toUserForAdmin, UpdateUser, User } from '../users/users.schemas.ts'
import { profileTag, readUser } from '../users/users.service.ts'
import { changeUser } from './account.service.ts'

const users = namespace('Users')

const UserParameter = uuidParameter('Id of the user.', otherDemoUserId)

const update = users.secured(
  {
    operationId: 'updateUser',
    method: 'patch',
    path: '/users/{id}',
    scope: 'users:write',
    summary: 'Change what a user may do',
    description:
      'Role and whether the account is disabled; for admins. The user’s sessions end: what they were allowed stands in their tokens.',
    parameters: writeConditions,
    request: { params: UserParameter, body: body(UpdateUser) },
    responses: { 200: jsonResponse(User, 'The user as it is now.', 'ETag') },
    problems: ['users.not_found', 'users.last_admin', 'precondition.failed'],
  },
  { role: 'admin' },
)

const end = users.secured(
  {
    operationId: 'endUserSessions',
    method: 'delete',
    path: '/users/{id}/sessions',
    scope: 'session',
    summary: 'Log a user out',
    description: 'Ends all sessions of a user; for admins.',
    request: { params: UserParameter },
    responses: { 204: noBody('They have ended.') },
    problems: ['users.not_found'],
  },
  { role: 'admin' },
)

export const adminRoutes = createRouter()
  .openapi(update, async (c) => {
    const { db, deps } = c.var
    const { id } = c.req.valid('param')
    const changes = c.req.valid('json')
    const { user, isChange } = await changeUser(
      db,
      { id, admin: c.var.user, ...changes, preconditions: preconditionsOf(c, 2) },
      deps,
    )
    if (isChange && changes.role) {
      await audit(c, { action: 'user.role_changed', userId: id, detail: { role: changes.role } })
    }
    if (isChange && changes.disabled !== undefined) {
      await audit(c, { action: changes.disabled ? 'user.disabled' : 'user.enabled', userId: id })
    }
    return c.json(toUserForAdmin(user), 200, { ETag: profileTag(user, true) })
  })
  .openapi(end, async (c) => {
    const { db, deps } = c.var
    const { id } = c.req.valid('param')
    await readUser(db, id)
    const ended = await endSessions(db, { userId: id, reason: 'revoked' }, deps)
    await audit(c, {
      action: 'session.ended',
      userId: id,
      detail: { reason: 'revoked', count: ended.length },
    })
    return empty(c, 204)
  })
