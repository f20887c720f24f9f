import { z } from '@hono/zod-openapi'
import { pageParameters } from '../../api/pagination.ts'
import { type TokenScope, tokenScopeNames, tokenScopes } from '../../api/scopes.ts'
import type { Config } from '../../config/config.ts'
import { address, dateTime, demoTokenId, otherDemoUserId, output, uuid } from '../../http/fields.ts'
import { uuidParameter } from '../../http/parameters.ts'
import { textField } from '../../http/text.ts'
import { CurrentPassword, demoPassword } from '../../users/users.schemas.ts'
import type { ApiTokenRow } from './api-tokens.table.ts'

/** 90 days, in seconds. */
const defaultLifetime = 7_776_000
const tokenPattern = '^gp_[0-9A-Za-z]{36}$'
// The checksum is right, but no server has issued this token.
const tokenExample = 'gp_0123456789ABCDEFGHIJKLMNOPQRST4PMbyp'

const ScopeName = z.enum(tokenScopeNames).openapi('TokenScope', {
  description: `A permission of an API token. A scope never allows more than the role of the user.\n\n${tokenScopeNames
    .map((name) => `\`${name}\`: ${tokenScopes[name]}`)
    .join('\n\n')}`,
  example: 'posts:write',
})

/** A set of scopes. */
const Scopes = z
  .array(ScopeName)
  .min(1)
  .max(tokenScopeNames.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, {
    error: 'Must not contain the same scope twice.',
    params: { code: 'duplicate' },
  })
  .openapi({
    uniqueItems: true,
    description: 'The scopes of the token.',
    example: ['posts:read', 'posts:write'],
  })

const TokenName = textField({ min: 1, max: 80, isBlankAllowed: false, kind: 'line', trim: 'ends' }).openapi({
  description: 'A name for the token, such as the program that uses it.',
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
        'Seconds until the token expires, at most API_TOKEN_MAX_AGE of the server. The default is 90 days, or API_TOKEN_MAX_AGE if that is less.',
      example: defaultLifetime,
    }),
    current_password: CurrentPassword.optional(),
  })
  .openapi('CreateApiToken', {
    description: 'A new API token. If the log-in is older than FRESH_LOGIN, the password is required.',
    example: {
      name: 'GitHub Actions',
      scopes: ['posts:read', 'posts:write'],
      expires_in: defaultLifetime,
      current_password: demoPassword,
    },
  })

export const UpdateApiToken = z
  .strictObject({
    name: TokenName,
    scopes: Scopes.openapi({ description: 'The scopes to keep. Scopes cannot be added.' }),
  })
  .partial()
  .openapi('UpdateApiToken', {
    description: 'The fields to change; the others stay (RFC 7396).',
    example: { name: 'GitHub Actions', scopes: ['posts:read'] },
  })

const tokenFields = {
  id: uuid('Id of the API token.', demoTokenId),
  name: output('The name of the token.', { min: 1, max: 80, example: 'GitHub Actions' }),
  scopes: z.array(ScopeName).openapi({
    description: 'The scopes of the token.',
    minItems: 0,
    maxItems: tokenScopeNames.length,
    uniqueItems: true,
  }),
  prefix: output('The prefix of every API token.', {
    min: 3,
    max: 3,
    pattern: '^gp_$',
    example: 'gp_',
  }),
  last_four: output('The last four characters of the token.', {
    min: 4,
    max: 4,
    pattern: '^[0-9A-Za-z]{4}$',
    example: 'Mbyp',
  }),
  created_at: dateTime('When the token was created.'),
  expires_at: dateTime('When the token expires, or expired.'),
  last_used_at: dateTime('When the token was last used, to the minute; null if never.').nullable(),
  last_used_address: address('The client address of that use.').nullable(),
}

export const ApiToken = z
  .strictObject(tokenFields)
  .openapi('ApiToken', { description: 'An API token, without the token itself.' })
type ApiToken = z.output<typeof ApiToken>

export const NewApiToken = z
  .strictObject({
    ...tokenFields,
    token: output('The token itself. Only this response contains it; the server stores a hash.', {
      min: 39,
      max: 39,
      pattern: tokenPattern,
      example: tokenExample,
    }),
  })
  .openapi('NewApiToken', { description: 'A new API token, with the token itself.' })

export const ListApiTokens = z.strictObject(pageParameters)

export const TokenParameter = uuidParameter('Id of the API token.', demoTokenId)
export const UserParameter = uuidParameter('Id of the user.', otherDemoUserId)
export const UserTokenParameters = UserParameter.extend({
  token_id: uuid('Id of the API token.', demoTokenId).openapi({ param: { name: 'token_id', in: 'path' } }),
})

/** An API token in a response. Leaves out scopes that this version of the server does not have. */
export function toApiToken(row: ApiTokenRow, config: Config): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    prefix: 'gp_',
    last_four: row.lastFour,
    created_at: row.createdAt.toISOString(),
    expires_at: expiryOf(row, config).toISOString(),
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    last_used_address: row.lastUsedAddress,
  }
}

function isScope(name: string): name is TokenScope {
  return Object.hasOwn(tokenScopes, name)
}

/** When a token expires. A lower API_TOKEN_MAX_AGE also applies to existing tokens. */
export function expiryOf(
  { createdAt, expiresAt }: { createdAt: Date; expiresAt: Date },
  { API_TOKEN_MAX_AGE }: Pick<Config, 'API_TOKEN_MAX_AGE'>,
): Date {
  return new Date(Math.min(expiresAt.getTime(), createdAt.getTime() + API_TOKEN_MAX_AGE * 1000))
}

/** Lifetime of a token without `expires_in`, in seconds. */
export function defaultLifetimeOf({ API_TOKEN_MAX_AGE }: Config): number {
  return Math.min(defaultLifetime, API_TOKEN_MAX_AGE)
}
