import type { Context } from 'hono'
import { ApiError } from '../errors/api-error.ts'
import type { ProblemCode } from '../errors/problems.ts'
import type { AppCheck, AppEnv, SecuredEnv } from './context.ts'
import type { Role } from './roles.ts'
import { allows, insufficientScope, type Scope } from './scopes.ts'

export interface Access {
  /** The scope that an API token needs for the operation. */
  scope: Scope
  /** The lowest role that may call the operation; any logged-in user if absent. */
  role?: Role
}

/** The security requirement in the document: any one of these schemes is enough. */
export function guardSecurity({ scope }: Access): Record<string, string[]>[] {
  return [{ accessToken: [scope] }, { xAccessToken: [scope] }, { cookieToken: [scope] }]
}

/** The problems that the guard can cause on an operation with this method. */
export function guardProblems({ role }: Access, method: string): ProblemCode[] {
  return [
    'auth.two_credentials',
    'auth.token_missing',
    'auth.token_invalid',
    'auth.token_expired',
    'auth.session_revoked',
    'auth.token_revoked',
    'auth.insufficient_scope',
    ...(method === 'get' ? [] : (['auth.cross_site'] as const)),
    ...(role === 'admin' ? (['auth.forbidden'] as const) : []),
  ]
}

/** Refuses requests without a valid token of this scope and role. Sets `c.var.user`. */
export function guard({ role, scope }: Access): AppCheck {
  return async (c) => {
    const user = await c.get('authenticate')(c)
    if (!allows(user.scopes, scope)) throw insufficientScope(scope)
    if (role === 'admin' && user.role !== 'admin') throw new ApiError('auth.forbidden')
    forUser(c).set('user', user)
  }
}

/** The type of a check has no user. This check sets the user for the handlers behind the guard. */
function forUser(c: Context<AppEnv>): Context<SecuredEnv> {
  return c as unknown as Context<SecuredEnv>
}
