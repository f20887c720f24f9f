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
import type { ApiTokens, DocsFile, Korean, PasswordHasher, Revocations, TokenKeys } from './ports.ts'
import type { Role } from './roles.ts'

/** Everything that the app needs from outside. The app itself opens nothing and reads no globals. */
export interface Deps {
  config: Config
  keys: TokenKeys
  passwords: PasswordHasher
  log: Logger
  /** The database for this request: on Node one connection of the pool, on Workers the request's own. */
  connect(c: Context, workload: Workload): Database
  /** The address of the other end of the connection, before any proxy header is read. */
  peerAddress(c: AppContext): string | undefined
  revocations: Revocations
  apiTokens: ApiTokens
  /** The most common passwords, in lower case, one per line. */
  commonPasswords(): Promise<string>
  /** The content of a file of the page at /docs. */
  docsFile(name: DocsFile): Promise<Uint8Array<ArrayBuffer> | ReadableStream>
  /** The document of these routes, for any settings. Each call returns a new object, which the caller may change. */
  document(app: OpenAPIHono<AppEnv>): Promise<OpenAPIObject>
  /** The Korean texts, loaded at their first use. */
  korean(): Promise<Korean>
  /** Whether the service is shutting down, so that load balancers should send requests elsewhere. */
  isStopping(): boolean
  /** The source of GET /metrics; absent where there are no metrics. */
  metrics?: Metrics
  /** The outermost middleware, which traces each request. Absent if no collector is configured. */
  trace?: MiddlewareHandler<AppEnv>
  /** Milliseconds since 1970. */
  now(): number
}

/** The user of a request, from its access token or API token. */
export interface CurrentUser {
  id: string
  role: Role
  /** The session of an access token; absent for an API token. */
  sessionId?: string
  /** The id of an API token; absent for an access token. */
  tokenId?: string
  /** The scopes of an API token; absent for an access token, which has all scopes. */
  scopes?: readonly string[]
}

/** The user of a request with an access token, as operations with the scope `session` require it. */
export interface SessionUser extends CurrentUser {
  sessionId: string
}

/** Returns the user of a request. @throws ApiError auth.… without a valid credential */
export type Authenticate = (c: AppContext) => Promise<CurrentUser>

export interface AppEnv {
  Bindings: object
  Variables: {
    deps: Deps
    db: Database
    requestId: string
    /** Headers of the response, whatever its status. Headers that a route sets take precedence. */
    headers: Record<string, string>
    /** The response, if it already includes these headers: see `fastJson`. */
    complete?: Response
    /** Identifies the user of the request; set in app.ts. */
    authenticate: Authenticate
    /** The text of the body, if there is one and the route reads it. */
    body?: string
    /** The route pattern, for log, metrics and traces; set when the response is created. */
    route?: string
    /** The problem that the response reports. */
    problem?: ProblemCode
    /** The error behind a 5xx, in a form that is safe to log. */
    failure?: ErrorDescription
    /** The limit that the route's contract declares. */
    limit?: LimitName
  }
}

/**
 * The parts of a request that helpers use. Unlike Context, it also accepts the context of a guarded route. On hot paths
 * use `get`: each read of `var` makes Hono copy all variables.
 */
export type AppContext = Pick<Context<AppEnv>, 'req' | 'var' | 'get' | 'header' | 'env'>

/** A check of a route of this API: see `runChecks`. */
export type AppCheck = RequestCheck<Context<AppEnv>>

/** Only a guard sets the user; without a guard, reading it does not compile. */
export interface SecuredEnv {
  Bindings: object
  Variables: AppEnv['Variables'] & { user: CurrentUser }
}

/** The environment of operations with the scope `session`. */
export interface SessionEnv {
  Bindings: object
  Variables: AppEnv['Variables'] & { user: SessionUser }
}
