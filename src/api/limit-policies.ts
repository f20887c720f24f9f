import type { Config } from '../config/config.ts'
import type { ProblemCode } from '../errors/problems.ts'

/** A number of attempts in a number of seconds. `name` appears in RateLimit and RateLimit-Policy. */
export interface Policy {
  name: string
  quota: number
  window: number
}

interface Limit {
  /** The problem of a refused attempt. */
  problem: ProblemCode
  policies(config: Config): Record<string, Policy>
}

/** The limits that a route can declare. The document and the enforcement both come from here. */
export const limitsOfRoutes = {
  /** For every operation that checks a password. */
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
