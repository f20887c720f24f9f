import { ApiError } from '../errors/api-error.ts'

/** The scopes of API tokens, and what each allows. A scope never gives more than the role of the token's user. */
export const tokenScopes = {
  'account:read': 'Read your own account.',
  'audit:read': 'Read the audit events; for admins.',
  'comments:write': 'Write, change and delete comments.',
  'posts:read': 'Read posts with their comments, your drafts and former versions.',
  'posts:write': 'Write, change, restore and delete posts.',
  'users:read': 'Read the profiles of users.',
  'users:write': 'Change the role and state of users; for admins.',
  // `npm run new` adds scopes here.
} as const satisfies Record<string, string>

export type TokenScope = keyof typeof tokenScopes

/** What a contract declares: a scope of API tokens, or `session` for what no API token may do. */
export type Scope = TokenScope | 'session'

export const tokenScopeNames = Object.keys(tokenScopes) as [TokenScope, ...TokenScope[]] // keys() forgets the names

/** Whether these scopes include the one of an operation. A session has none listed, and is good for all. */
export function allows(scopes: readonly string[] | undefined, scope: Scope): boolean {
  return scopes === undefined || (scope !== 'session' && scopes.includes(scope))
}

/** The 403 for an API token without the scope of the operation (RFC 6750, section 3.1). */
export function insufficientScope(scope: Scope): ApiError {
  return new ApiError('auth.insufficient_scope', {
    detail:
      scope === 'session'
        ? 'This operation is for sessions alone, not for API tokens.'
        : `This operation needs an API token with the scope ${scope}.`,
    headers: {
      'WWW-Authenticate': `Bearer realm="gatepost", error="insufficient_scope", scope="${scope}"`,
    },
  })
}

/** The sentence on the scope in the description of an operation, for tools that do not show scopes themselves. */
export function scopeSentence(scope: Scope): string {
  return scope === 'session'
    ? 'For sessions alone: no API token is enough.'
    : `Scope of API tokens: \`${scope}\`.`
}
