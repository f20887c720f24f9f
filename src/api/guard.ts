import type { Context } from 'hono'
import { ApiError } from '../errors/api-error.ts'
import type { ProblemCode } from '../errors/problems.ts'
import type { AppCheck, AppEnv, SecuredEnv } from './context.ts'
import type { Role } from './roles.ts'
import { allows, insufficientScope, type Scope } from './scopes.ts'

export interface Access {
  /** What an API token must be allowed to do. */
  scope: Scope
  /** Least role; any logged-in user when absent. */
  role?: Role
}

/** What the document says of a guarded operation: any one of these schemes. */
export function guardSecurity({ scope }: Access): Record<string, string[]>[] {
  return [{ accessToken: [scope] }, { xAccessToken: [scope] }, { cookieToken: [scope] }]
}

/** What a guard can answer on an operation of this method. */
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

/** Lets a request pass with a valid token of this scope alone, and sets `c.var.user` from it. */
export function guard({ role, scope }: Access): AppCheck {
  return async (c) => {
    const user = await c.get('authenticate')(c)
    if (!allows(user.scopes, scope)) throw insufficientScope(scope)
    if (role === 'admin' && user.role !== 'admin') throw new ApiError('auth.forbidden')
    forUser(c).set('user', user)
  }
}

/** A check has the type of any route; that of a handler behind a guard has the user, whom this one sets. */
function forUser(c: Context<AppEnv>): Context<SecuredEnv> {
  return c as unknown as Context<SecuredEnv>
}
