import { z } from '@hono/zod-openapi'
import type { AppContext } from '../../api/context.ts'
import { namespace } from '../../api/namespace.ts'
import { decodeCursor, pageOf, toPage } from '../../api/pagination.ts'
import { body, empty, jsonResponse, noBody } from '../../api/responses.ts'
import { audit } from '../../audit/audit.service.ts'
import { entityTag, noPreconditions, preconditionsOf, writeConditions } from '../../http/conditional.ts'
import { createRouter } from '../../http/router.ts'
import { sourceOf } from '../../limits/limit-keys.ts'
import { readUser } from '../../users/users.service.ts'
import { requireFreshness } from '../log-in/fresh-login.ts'
import {
  ApiToken,
  CreateApiToken,
  ListApiTokens,
  NewApiToken,
  TokenParameter,
  toApiToken,
  UpdateApiToken,
  UserParameter,
  UserTokenParameters,
} from './api-tokens.schemas.ts'
import { createApiToken, listApiTokens, revokeApiToken, updateApiToken } from './api-tokens.service.ts'
import type { ApiTokenRow } from './api-tokens.table.ts'

const tokens = namespace(
  'API tokens',
  'API tokens let programs act for a user. Their scopes limit what the programs may do; the role of the user limits it, too.',
)

const ApiTokenPage = pageOf(ApiToken, 'ApiTokenPage')

const create = tokens.secured({
  operationId: 'createApiToken',
  method: 'post',
  path: '/users/me/tokens',
  scope: 'session',
  summary: 'Create an API token',
  description: `Only this response contains the token. It is not stored, so an Idempotency-Key has no effect. Needs a recent
log-in or \`current_password\`. An account can have 100 API tokens.`,
  request: { body: body(CreateApiToken) },
  responses: { 201: jsonResponse(NewApiToken, 'The new API token.', 'ETag') },
  problems: ['api_tokens.too_many', 'auth.wrong_password', 'auth.fresh_login_needed', 'service.overloaded'],
  limit: 'logIn',
})

const list = tokens.secured({
  operationId: 'listApiTokens',
  method: 'get',
  path: '/users/me/tokens',
  scope: 'session',
  summary: 'List your API tokens',
  description: 'Newest first. Expired tokens stay in the list for 30 days.',
  workload: 'list',
  request: { query: ListApiTokens },
  responses: { 200: jsonResponse(ApiTokenPage, 'A page of API tokens.', 'Link') },
})

const update = tokens.secured({
  operationId: 'updateApiToken',
  method: 'patch',
  path: '/users/me/tokens/{id}',
  scope: 'session',
  summary: 'Change an API token',
  description:
    'Changes the name, or removes scopes. Scopes cannot be added: create another token. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: TokenParameter, body: body(UpdateApiToken) },
  responses: { 200: jsonResponse(ApiToken, 'The changed API token.', 'ETag') },
  problems: ['api_tokens.not_found', 'precondition.failed'],
})

const revoke = tokens.secured({
  operationId: 'revokeApiToken',
  method: 'delete',
  path: '/users/me/tokens/{id}',
  scope: 'session',
  summary: 'Revoke an API token',
  description: 'The server refuses the token at once, every other server within a second.',
  parameters: writeConditions,
  request: { params: TokenParameter },
  responses: { 204: noBody('The API token is revoked.') },
  problems: ['api_tokens.not_found', 'precondition.failed'],
})

const listOfUser = tokens.secured(
  {
    operationId: 'listUserApiTokens',
    method: 'get',
    path: '/users/{id}/tokens',
    scope: 'session',
    summary: 'List the API tokens of a user',
    description: 'Newest first. For admins.',
    workload: 'list',
    request: { params: UserParameter, query: ListApiTokens },
    responses: { 200: jsonResponse(ApiTokenPage, 'A page of API tokens.', 'Link') },
    problems: ['users.not_found'],
  },
  { role: 'admin' },
)

const revokeOfUser = tokens.secured(
  {
    operationId: 'revokeUserApiToken',
    method: 'delete',
    path: '/users/{id}/tokens/{token_id}',
    scope: 'session',
    summary: 'Revoke an API token of a user',
    description: 'The server refuses the token at once, every other server within a second. For admins.',
    request: { params: UserTokenParameters },
    responses: { 204: noBody('The API token is revoked.') },
    problems: ['api_tokens.not_found'],
  },
  { role: 'admin' },
)

export const apiTokensRoutes = createRouter()
  .openapi(create, async (c) => {
    const { user, db, deps } = c.var
    const { current_password, expires_in: expiresIn, name, scopes } = c.req.valid('json')
    const { generation } = await requireFreshness(c, current_password)
    const { row, token } = await createApiToken(
      db,
      {
        userId: user.id,
        name,
        scopes,
        expiresIn,
        network: sourceOf(c),
        checked: { sessionId: user.sessionId, generation },
      },
      deps,
    )
    await auditToken(c, 'api_token.created', row)
    return c.json({ ...toApiToken(row, deps.config), token }, 201, { ETag: tagOf(row) })
  })
  .openapi(list, async (c) => {
    const { page, headers } = await pageOfTokens(c, c.var.user.id, c.req.valid('query'))
    return c.json(page, 200, headers)
  })
  .openapi(update, async (c) => {
    const { user, db, deps } = c.var
    const { id } = c.req.valid('param')
    const changes = c.req.valid('json')
    const preconditions = preconditionsOf(c, tagParts)
    const row = await updateApiToken(db, { id, userId: user.id, preconditions, changes }, deps)
    if (changes.scopes !== undefined) await auditToken(c, 'api_token.changed', row)
    return c.json(toApiToken(row, deps.config), 200, { ETag: tagOf(row) })
  })
  .openapi(revoke, async (c) => {
    const { user, db, deps } = c.var
    const { id } = c.req.valid('param')
    await revokeApiToken(db, { id, userId: user.id, preconditions: preconditionsOf(c, tagParts) }, deps)
    await audit(c, { action: 'api_token.revoked', userId: user.id, detail: { token: id } })
    return empty(c, 204)
  })
  .openapi(listOfUser, async (c) => {
    const { id } = c.req.valid('param')
    await readUser(c.var.db, id)
    const { page, headers } = await pageOfTokens(c, id, c.req.valid('query'))
    return c.json(page, 200, headers)
  })
  .openapi(revokeOfUser, async (c) => {
    const { id: userId, token_id: id } = c.req.valid('param')
    await revokeApiToken(c.var.db, { id, userId, preconditions: noPreconditions }, c.var.deps)
    await audit(c, { action: 'api_token.revoked', userId, detail: { token: id } })
    return empty(c, 204)
  })

async function pageOfTokens(
  c: AppContext,
  userId: string,
  { limit, cursor }: z.output<typeof ListApiTokens>,
) {
  const scope = { list: 'api tokens', filters: userId }
  const before = decodeCursor(c, cursor, scope, z.uuid())
  const rows = await listApiTokens(c.var.db, { userId, before, limit: limit + 1 })
  const item = (row: ApiTokenRow) => toApiToken(row, c.var.deps.config)
  return toPage(c, { rows, limit, scope, position: (row) => row.id, item })
}

function auditToken(c: AppContext, action: 'api_token.created' | 'api_token.changed', row: ApiTokenRow) {
  const detail = { token: row.id, scopes: row.scopes.join(' ') }
  return audit(c, { action, userId: row.userId, detail })
}

function tagOf({ version }: ApiTokenRow): string {
  return entityTag(version)
}

/** The number of versions in the ETag. */
const tagParts = 1
