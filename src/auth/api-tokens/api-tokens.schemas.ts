import { z } from '@hono/zod-openapi'
import { pageParameters } from '../../api/pagination.ts'
import { type TokenScope, tokenScopeNames, tokenScopes } from '../../api/scopes.ts'
import type { Config } from '../../config/config.ts'
import { address, dateTime, demoTokenId, otherDemoUserId, output, uuid } from '../../http/fields.ts'
import { uuidParameter } from '../../http/parameters.ts'
import { textField } from '../../http/text.ts'
import { CurrentPassword, demoPassword } from '../../users/users.schemas.ts'
import type { ApiTokenRow } from './api-tokens.table.ts'

/** Seconds: 90 days. */
const usualLife = 7_776_000
const tokenPattern = '^gp_[0-9A-Za-z]{36}$'
// Its checksum is right, and no server has made it.
const tokenExample = 'gp_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp'

const ScopeName = z.enum(tokenScopeNames).openapi('TokenScope', {
  description: `What an API token may do. A scope never gives more than the role of the user.\n\n${tokenScopeNames
    .map((name) => `\`${name}\`: ${tokenScopes[name]}`)
    .join('\n\n')}`,
  example: 'posts:write',
})

/** Each scope once, in the order of the document. */
const Scopes = z
  .array(ScopeName)
  .min(1)
  .max(tokenScopeNames.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, {
    error: 'Must not have the same scope twice.',
    params: { code: 'duplicate' },
  })
  .transform((scopes) => tokenScopeNames.filter((name) => scopes.includes(name)))
  .openapi({
    type: 'array',
    minItems: 1,
    maxItems: tokenScopeNames.length,
    uniqueItems: true,
    description: 'What the token may do.',
    example: ['posts:read', 'posts:write'],
  })

const TokenName = textField({ min: 1, max: 80, isBlankAllowed: false, kind: 'line', trim: 'ends' }).openapi({
  description: 'What you call it: the program that has it, say.',
  example: 'GitHub Actions',
})

export const CreateApiToken = z
  .strictObject({
    name: TokenName,
    scopes: Scopes,
    expires_in: z.int().min(1).max(315_360_000).optional().openapi({
      type: 'integer',
      format: 'int32',
      minimum: 1,
      maximum: 315_360_000,
      description:
        'Seconds until it expires, at most API_TOKEN_MAX_AGE of the server. Without it 90 days, or that age where it is less.',
      example: usualLife,
    }),
    current_password: CurrentPassword.optional(),
  })
  .openapi('CreateApiToken', {
    description: 'A new API token. After FRESH_LOGIN it needs the password.',
    example: {
      name: 'GitHub Actions',
      scopes: ['posts:read', 'posts:write'],
      expires_in: usualLife,
      current_password: demoPassword,
    },
  })

export const UpdateApiToken = z
  .strictObject({
    name: TokenName,
    scopes: Scopes.openapi({ description: 'Those that stay: fewer than before, never more.' }),
  })
  .partial()
  .openapi('UpdateApiToken', {
    description: 'The fields to change; the others stay (RFC 7396).',
    example: { name: 'GitHub Actions', scopes: ['posts:read'] },
  })

const tokenFields = {
  id: uuid('Id of the API token.', demoTokenId),
  name: output('What its user calls it.', { min: 1, max: 80, example: 'GitHub Actions' }),
  scopes: z.array(ScopeName).openapi({
    description: 'What it may do.',
    minItems: 0,
    maxItems: tokenScopeNames.length,
    uniqueItems: true,
  }),
  prefix: z.enum(['gp_']).openapi({ description: 'How every API token begins.' }),
  last_four: output('How it ends.', { min: 4, max: 4, pattern: '^[0-9A-Za-z]{4}$', example: 'Mbyp' }),
  created_at: dateTime('When it was made.'),
  expires_at: dateTime('When it expires, or expired.'),
  last_used_at: dateTime('When it was used last, exact to the minute; null if never.').nullable(),
  last_used_address: address('Where it was used from then.').nullable(),
}

export const ApiToken = z
  .strictObject(tokenFields)
  .openapi('ApiToken', { description: 'An API token, without the token itself.' })
type ApiToken = z.output<typeof ApiToken>

export const NewApiToken = z
  .strictObject({
    ...tokenFields,
    token: output('The token itself. It is shown this once; only a hash of it is stored.', {
      min: 39,
      max: 39,
      pattern: tokenPattern,
      example: tokenExample,
    }),
  })
  .openapi('NewApiToken', { description: 'An API token that was just made.' })

export const ListApiTokens = z.strictObject(pageParameters)

export const TokenParameter = uuidParameter('Id of the API token.', demoTokenId)
export const UserParameter = uuidParameter('Id of the user.', otherDemoUserId)
export const UserTokenParameters = UserParameter.extend({
  token_id: uuid('Id of the API token.', demoTokenId).openapi({ param: { name: 'token_id', in: 'path' } }),
})

/** An API token, as its user and admins see it. A scope that this program does not know any more is left out. */
export function toApiToken(row: ApiTokenRow, config: Config): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    prefix: 'gp_',
    last_four: row.lastFour,
    created_at: row.createdAt.toISOString(),
    expires_at: endOf(row, config).toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    last_used_address: row.lastUsedAddress,
  }
}

function isScope(name: string): name is TokenScope {
  return Object.hasOwn(tokenScopes, name)
}

/** When a token expires: API_TOKEN_MAX_AGE also ends those that were made while it was longer. */
export function endOf(
  { createdAt, expiresAt }: { createdAt: Date; expiresAt: Date },
  { API_TOKEN_MAX_AGE }: Pick<Config, 'API_TOKEN_MAX_AGE'>,
): Date {
  return new Date(Math.min(expiresAt.getTime(), createdAt.getTime() + API_TOKEN_MAX_AGE * 1000))
}

/** Seconds that a token lives for which nobody asks another life. */
export function usualLifeOf({ API_TOKEN_MAX_AGE }: Config): number {
  return Math.min(usualLife, API_TOKEN_MAX_AGE)
}
