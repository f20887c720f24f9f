import type { Config } from '../config/config.ts'
import type { ProblemCode } from '../errors/problems.ts'

/** How many tries in how many seconds; the name is the one in RateLimit and RateLimit-Policy. */
export interface Policy {
  name: string
  quota: number
  window: number
}

interface Limit {
  /** What a refused try is answered with. */
  problem: ProblemCode
  policies(config: Config): Record<string, Policy>
}

/** The limits that a route can be under. What its contract declares and what is enforced both come from here. */
export const limitsOfRoutes = {
  /** Whatever checks a password. */
  logIn: {
    problem: 'auth.too_many_attempts',
    policies: (config) => ({
      pair: { name: 'login', quota: config.LOGIN_LIMIT, window: config.LOGIN_WINDOW },
      address: { name: 'login-address', quota: config.LOGIN_ADDRESS_LIMIT, window: config.LOGIN_WINDOW },
      account: {
        name: 'login-account',
        quota: config.LOGIN_ACCOUNT_LIMIT,
        window: config.LOGIN_ACCOUNT_WINDOW,
      },
    }),
  },
  register: {
    problem: 'request.too_many',
    policies: (config) => ({
      address: { name: 'register', quota: config.REGISTER_LIMIT, window: config.REGISTER_WINDOW },
    }),
  },
  refresh: {
    problem: 'request.too_many',
    policies: (config) => ({
      address: { name: 'refresh', quota: config.REFRESH_LIMIT, window: config.REFRESH_WINDOW },
    }),
  },
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limitsOfRoutes
