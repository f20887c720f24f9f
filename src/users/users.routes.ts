import { z } from '@hono/zod-openapi'
import { namespace } from '../api/namespace.ts'
import { decodeCursor, pageOf, pageParameters, toPage } from '../api/pagination.ts'
import { empty, jsonResponse, noBody } from '../api/responses.ts'
import { roles } from '../api/roles.ts'
import { byQuery } from '../api/workload.ts'
import { ApiError } from '../errors/api-error.ts'
import { isUnchanged, readConditions } from '../http/conditional.ts'
import { otherDemoUserId } from '../http/fields.ts'
import { uuidParameter } from '../http/parameters.ts'
import { createRouter } from '../http/router.ts'
import { textField } from '../http/text.ts'
import { toUser, toUserForAdmin, User } from './users.schemas.ts'
import { listUsers, profileTag, readUser } from './users.service.ts'

const users = namespace('Users', 'Registering, profiles and one’s own account.')

const ListUsers = z.strictObject({
  q: textField({ min: 1, max: 80 }).optional().openapi({
    description:
      'Part of the username or of the name to show, for admins also of the e-mail address; case makes no difference.',
  }),
  role: z.enum(roles).optional().openapi({ description: 'Only users with this role.' }),
  disabled: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only accounts that are disabled, or that are not; for admins.' }),
  ...pageParameters,
})

const list = users.secured({
  operationId: 'listUsers',
  method: 'get',
  path: '/users',
  scope: 'users:read',
  summary: 'List users',
  description: 'Public profiles, newest first. Admins also see the e-mail addresses.',
  workload: byQuery(ListUsers, ({ q }) => (q === undefined ? 'list' : 'search')),
  request: { query: ListUsers },
  responses: { 200: jsonResponse(pageOf(User, 'UserPage'), 'A page of users.', 'Link') },
  problems: ['auth.forbidden'],
})

const read = users.secured({
  operationId: 'readUser',
  method: 'get',
  path: '/users/{id}',
  scope: 'users:read',
  summary: 'Read a user',
  description: 'A public profile. Admins also see the e-mail address.',
  parameters: readConditions,
  request: { params: uuidParameter('Id of the user.', otherDemoUserId) },
  responses: {
    200: jsonResponse(User, 'The user.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['users.not_found', 'precondition.failed'],
})

export const usersRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query')
    const isAdmin = c.var.user.role === 'admin'
    if (filters.disabled !== undefined && !isAdmin) throw new ApiError('auth.forbidden')
    const scope = { list: 'users', filters }
    const before = decodeCursor(c, cursor, scope, z.uuid())
    const rows = await listUsers(c.var.db, { ...filters, isAdmin, before, limit: limit + 1 })
    const { page, headers } = toPage(c, {
      rows,
      limit,
      scope,
      position: (row) => row.id,
      item: isAdmin ? toUserForAdmin : toUser,
    })
    return c.json(page, 200, headers)
  })
  .openapi(read, async (c) => {
    const user = await readUser(c.var.db, c.req.valid('param').id)
    const isAdmin = c.var.user.role === 'admin'
    const tag = profileTag(user, isAdmin)
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    return c.json((isAdmin ? toUserForAdmin : toUser)(user), 200, { ETag: tag })
  })
