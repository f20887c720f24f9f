import { z } from '@hono/zod-openapi'
import { allowedVersions, entityTag, ifMatch, ifNoneMatch, isUnchanged } from '../http/conditional.ts'
import { namespace } from '../http/namespace.ts'
import { decodeCursor, encodeCursor, nextLink, pageOf, pageParameters } from '../http/pagination.ts'
import { UserIdParameter } from '../http/parameters.ts'
import { answer, body, empty, noBody } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'
import { text } from '../http/text.ts'
import { Account, toAccount, toUser, UpdateAccount, User } from './users.schemas.ts'
import { listUsers, readOwnAccount, readUser, updateOwnAccount } from './users.service.ts'

const users = namespace('Users')

const list = users.secured({
  operationId: 'listUsers',
  method: 'get',
  path: '/users',
  summary: 'List users',
  description: 'Public profiles, newest first. Admins also see the e-mail addresses.',
  request: {
    query: z.strictObject({
      q: text({ min: 1, max: 32 })
        .optional()
        .openapi({ description: 'Part of the username; upper and lower case make no difference.' }),
      ...pageParameters,
    }),
  },
  responses: { 200: answer(pageOf(User, 'UserPage'), 'A page of users.', 'Link') },
})

const readMe = users.secured({
  operationId: 'readMe',
  method: 'get',
  path: '/users/me',
  summary: 'Read your own account',
  description: 'The account of the user whose token it is.',
  parameters: [ifNoneMatch],
  responses: {
    200: answer(Account, 'Your account.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
})

const updateMe = users.secured({
  operationId: 'updateMe',
  method: 'patch',
  path: '/users/me',
  summary: 'Change your own account',
  description:
    'Changes the fields that are sent. With If-Match only if nobody changed the account meanwhile.',
  parameters: [ifMatch],
  request: { body: body(UpdateAccount) },
  responses: { 200: answer(Account, 'The account as it is now.', 'ETag') },
  problems: ['users.username_taken', 'users.email_taken', 'precondition.failed'],
})

const read = users.secured({
  operationId: 'readUser',
  method: 'get',
  path: '/users/{id}',
  summary: 'Read a user',
  description: 'A public profile. Admins also see the e-mail address.',
  parameters: [ifNoneMatch],
  request: { params: UserIdParameter },
  responses: {
    200: answer(User, 'The user.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['users.not_found'],
})

export const usersRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query')
    const scope = { list: 'users', filters }
    const before = await decodeCursor(c, cursor, scope, z.uuid())
    const rows = await listUsers(c.var.db, { ...filters, before, limit: limit + 1 })
    const items = rows.slice(0, limit)
    const last = rows.length > limit ? items.at(-1) : undefined
    const next = last ? await encodeCursor(c, last.id, scope) : null
    const isAdmin = c.var.user.role === 'admin'
    return c.json(
      { items: items.map((row) => profileOf(row, isAdmin)), next_cursor: next },
      200,
      nextLink(c, next),
    )
  })
  .openapi(readMe, async (c) => {
    const user = await readOwnAccount(c.var.db, c.var.user.id)
    const tag = entityTag(user.version)
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    return c.json(toAccount(user), 200, { ETag: tag })
  })
  .openapi(updateMe, async (c) => {
    const user = await updateOwnAccount(c.var.db, {
      id: c.var.user.id,
      changes: c.req.valid('json'),
      versions: allowedVersions(c),
    })
    return c.json(toAccount(user), 200, { ETag: entityTag(user.version) })
  })
  .openapi(read, async (c) => {
    const user = await readUser(c.var.db, c.req.valid('param').id)
    const tag = entityTag(user.version)
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    return c.json(profileOf(user, c.var.user.role === 'admin'), 200, { ETag: tag })
  })

function profileOf(row: Awaited<ReturnType<typeof readUser>>, isAdmin: boolean): User {
  const { email, ...profile } = row
  return toUser(isAdmin ? { ...profile, email } : profile)
}
