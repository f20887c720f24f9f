import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import type { Workload } from '../db/workload.ts'
import type { ErrorDescription } from '../errors/error-description.ts'
import type { ProblemCode } from '../errors/problems.ts'
import type { RequestCheck } from '../http/check.ts'
import type { LimitName } from './limit-policies.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { DocsFile, Korean, PasswordHasher, Revocations, TokenKeys } from './ports.ts'
import type { Role } from './roles.ts'

/** Everything the app needs from outside; it opens nothing and reads no globals itself. */
export interface Deps {
  config: Config
  keys: TokenKeys
  passwords: PasswordHasher
  log: Logger
  /** The database for this request: on Node one connection of the pool, on Workers the request's own. */
  connect(c: Context, workload: Workload): Database
  /** The address of the client’s end of the connection, before any proxy header is looked at. */
  peerAddress(c: AppContext): string | undefined
  revocations: Revocations
  /** The passwords that attackers try first, in lower case, one a line. */
  commonPasswords(): Promise<string>
  /** What is in a file of the page at /docs. */
  docsFile(name: DocsFile): Promise<Uint8Array<ArrayBuffer> | ReadableStream>
  /** The document of these routes, for any settings. Whoever asks may change it. */
  document(app: OpenAPIHono<AppEnv>): Promise<OpenAPIObject>
  /** What is said in Korean; loaded when it is first wanted. */
  korean(): Promise<Korean>
  /** Whether the service is about to end, so that load balancers should send their requests elsewhere. */
  isStopping(): boolean
  /** What GET /metrics answers; absent where there is nothing to tell. */
  metrics?: Metrics
  /** Around everything else: follows each request for a collector. Absent when none is configured. */
  trace?: MiddlewareHandler<AppEnv>
  /** Milliseconds since 1970. */
  now(): number
}

/** Who is asking, as their access token says. */
export interface CurrentUser {
  id: string
  role: Role
  sessionId: string
}

/** The user of a request. @throws ApiError of auth.… where no valid credential says so */
export type Authenticate = (c: AppContext) => Promise<CurrentUser>

export interface AppEnv {
  Bindings: object
  Variables: {
    deps: Deps
    db: Database
    requestId: string
    /** Headers of the answer, whatever it will be; what a route sets itself comes before them. */
    headers: Record<string, string>
    /** The answer, if it has these headers already: see `fastJson`. */
    complete?: Response
    /** Finds out whose request it is; app.ts says how. */
    authenticate: Authenticate
    /** The text of the body, if there is one and the route reads it. */
    body?: string
    /** The pattern of the address, for log, metrics and traces; set when the response is made. */
    route?: string
    /** The problem that the response tells. */
    problem?: ProblemCode
    /** The error behind a 5xx, as it may be logged. */
    failure?: ErrorDescription
    /** The limit that the route's contract declares. */
    limit?: LimitName
  }
}

/**
 * What helpers need of a request; unlike Context it takes that of guarded routes too. On hot paths use `get`: each
 * time `var` is read, Hono copies all there is.
 */
export type AppContext = Pick<Context<AppEnv>, 'req' | 'var' | 'get' | 'header' | 'env'>

/** A check of a route of this API: see `runChecks`. */
export type AppCheck = RequestCheck<Context<AppEnv>>

/** Under a guard there is a user; elsewhere reading it does not compile. */
export interface SecuredEnv {
  Bindings: object
  Variables: AppEnv['Variables'] & { user: CurrentUser }
}
