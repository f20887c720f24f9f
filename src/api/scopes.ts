import { ApiError } from '../errors/api-error.ts'

/** The scopes of API tokens, with their descriptions. A scope never allows more than the role of the user. */
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

/** The scope in a contract. `session` marks operations that refuse all API tokens. */
export type Scope = TokenScope | 'session'

export const tokenScopeNames = Object.keys(tokenScopes) as [TokenScope, ...TokenScope[]] // Object.keys() returns string[]

/** Whether these scopes allow an operation. Undefined stands for a session, which has all scopes. */
export function allows(scopes: readonly string[] | undefined, scope: Scope): boolean {
  return scopes === undefined || (scope !== 'session' && scopes.includes(scope))
}

/** The 403 for an API token without the scope of the operation (RFC 6750, section 3.1). */
export function insufficientScope(scope: Scope): ApiError {
  return new ApiError('auth.insufficient_scope', {
    detail:
      scope === 'session'
        ? 'This operation needs a session. API tokens are refused.'
        : `This operation needs an API token with the scope ${scope}.`,
    headers: {
      'WWW-Authenticate': `Bearer realm="gatepost", error="insufficient_scope", scope="${scope}"`,
    },
  })
}

/** The sentence on the scope in the description of an operation, for tools that do not show scopes. */
export function scopeSentence(scope: Scope): string {
  return scope === 'session'
    ? 'For sessions only: API tokens are refused.'
    : `API tokens need the scope \`${scope}\`.`
}
