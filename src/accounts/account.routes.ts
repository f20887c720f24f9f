import { namespace } from '../api/namespace.ts'
import { body, empty, jsonResponse, noBody } from '../api/responses.ts'
import { clearSessionCookies } from '../api/session-cookies.ts'
import { audit } from '../audit/audit.service.ts'
import { requireFreshness } from '../auth/log-in/fresh-login.ts'
import { checkPassword } from '../auth/passwords/check-password.ts'
import { readCredential } from '../auth/tokens/credentials.ts'
import {
  entityTag,
  isUnchanged,
  preconditionsOf,
  readConditions,
  writeConditions,
} from '../http/conditional.ts'
import { createRouter } from '../http/router.ts'
import { limitPasswordCheck } from '../limits/log-in-limit.ts'
import { Account, ChangePassword, DeleteAccount, toAccount, UpdateAccount } from '../users/users.schemas.ts'
import { readOwnAccount, refuseReserved, updateOwnAccount } from '../users/users.service.ts'
import { changePassword, deleteAccount } from './account.service.ts'

const users = namespace('Users')

const read = users.secured({
  operationId: 'readMe',
  method: 'get',
  path: '/users/me',
  scope: 'account:read',
  summary: 'Read your own account',
  description: 'The account of the user whose token it is.',
  parameters: readConditions,
  responses: {
    200: jsonResponse(Account, 'Your account.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['precondition.failed'],
})

const update = users.secured({
  operationId: 'updateMe',
  method: 'patch',
  path: '/users/me',
  scope: 'session',
  summary: 'Change your own account',
  description: `Changes the fields that are sent. With If-Match only if nobody changed the account meanwhile. A new e-mail
address needs a recent log-in or \`current_password\`.`,
  parameters: writeConditions,
  request: { body: body(UpdateAccount) },
  responses: { 200: jsonResponse(Account, 'The account as it is now.', 'ETag') },
  problems: [
    'users.username_taken',
    'users.email_taken',
    'precondition.failed',
    'auth.wrong_password',
    'auth.fresh_login_needed',
    'service.overloaded',
  ],
  limit: 'logIn',
})

const remove = users.secured({
  operationId: 'deleteMe',
  method: 'delete',
  path: '/users/me',
  scope: 'session',
  summary: 'Delete your own account',
  description:
    'Deletes the account and all its posts, for good, and ends its sessions. Needs the password. With If-Match only if nobody changed the account meanwhile.',
  parameters: writeConditions,
  request: { body: body(DeleteAccount) },
  responses: { 204: noBody('The account is gone.', 'Set-Cookie') },
  problems: ['auth.wrong_password', 'users.last_admin', 'precondition.failed', 'service.overloaded'],
  limit: 'logIn',
})

const replacePassword = users.secured({
  operationId: 'changePassword',
  method: 'put',
  path: '/users/me/password',
  scope: 'session',
  summary: 'Change your password',
  description: 'Needs the current one. All your other sessions end.',
  request: { body: body(ChangePassword) },
  responses: { 204: noBody('The new password is in force.') },
  problems: ['auth.wrong_password', 'service.overloaded'],
  limit: 'logIn',
})

export const accountRoutes = createRouter()
  .openapi(read, async (c) => {
    const user = await readOwnAccount(c.var.db, c.var.user.id)
    const tag = entityTag(user.version)
    if (isUnchanged(c, tag)) return empty(c, 304, { ETag: tag })
    return c.json(toAccount(user), 200, { ETag: tag })
  })
  .openapi(update, async (c) => {
    const { current_password, ...changes } = c.req.valid('json')
    const { id, role } = c.var.user
    if (changes.username !== undefined && role !== 'admin') {
      const { username } = await readOwnAccount(c.var.db, id)
      if (username !== changes.username) refuseReserved(changes.username, c.var.deps.config)
    }
    const checked = changes.email === undefined ? undefined : await requireFreshness(c, current_password)
    const { user, isChange } = await updateOwnAccount(c.var.db, {
      id,
      changes,
      preconditions: preconditionsOf(c, 1),
      generation: checked?.generation,
    })
    if (isChange) {
      const fields = Object.keys(changes).join(' ')
      await audit(c, { action: 'user.changed', userId: id, detail: { fields } })
    }
    return c.json(toAccount(user), 200, { ETag: entityTag(user.version) })
  })
  .openapi(remove, async (c) => {
    const { user, db, deps } = c.var
    const { password } = c.req.valid('json')
    const preconditions = preconditionsOf(c, 1)
    await limitPasswordCheck(c, user.id, async () => {
      const checked = await checkPassword(db, { id: user.id, password }, deps)
      await deleteAccount(db, checked, { preconditions }, deps)
    })
    await audit(c, { action: 'user.deleted', userId: user.id })
    if (readCredential(c)?.isCookie) clearSessionCookies(c)
    return empty(c, 204)
  })
  .openapi(replacePassword, async (c) => {
    const { user, db, deps } = c.var
    const { current_password: current, new_password: next } = c.req.valid('json')
    await limitPasswordCheck(c, user.id, () => changePassword(db, { user, current, next }, deps))
    await audit(c, { action: 'user.password_changed', userId: user.id })
    return empty(c, 204)
  })
