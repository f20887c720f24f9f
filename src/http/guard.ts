import type { MiddlewareHandler } from 'hono'
import { verifyAccessToken } from '../auth/tokens.ts'
import type { AppContext, SecuredEnv } from '../context.ts'
import { ApiError } from '../errors.ts'
import type { ProblemCode } from '../problems.ts'
import type { Role } from '../users/users.table.ts'

export interface Access {
  /** Least role; any logged-in user when absent. */
  role?: Role
}

/** What the document says of a guarded operation: any one of these schemes. */
export const guardSecurity: Record<string, string[]>[] = [{ accessToken: [] }, { xAccessToken: [] }]

/** What a guard can answer. */
export function guardProblems({ role }: Access): ProblemCode[] {
  return [
    'auth.two_credentials',
    'auth.token_missing',
    'auth.token_invalid',
    'auth.token_expired',
    ...(role === 'admin' ? (['auth.forbidden'] as const) : []),
  ]
}

/** Lets a request pass with a valid access token alone, and sets `c.var.user` from it. */
export function guard({ role }: Access): MiddlewareHandler<SecuredEnv> {
  return async (c, next) => {
    const { deps } = c.var
    const user = await verifyAccessToken(readToken(c), deps)
    if (role === 'admin' && user.role !== 'admin') throw new ApiError('auth.forbidden')
    c.set('user', user)
    await next()
  }
}

/** The token of the request, from `Authorization` (as it is or after `Bearer `) or `x-access-token`. */
function readToken(c: AppContext): string {
  const authorization = c.req.header('Authorization')
  const xAccessToken = c.req.header('x-access-token')
  if (authorization && xAccessToken) throw new ApiError('auth.two_credentials')
  const token = xAccessToken || authorization?.replace(/^Bearer +/i, '')
  if (!token) throw new ApiError('auth.token_missing')
  return token
}
