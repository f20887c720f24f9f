import type { Context } from 'hono'
import type { Config } from '../config/config.ts'

/** The parts of the app that this folder needs. */
interface HttpVariables {
  deps: {
    config: Pick<Config, 'BODY_LIMIT' | 'TRUST_PROXY'>
    /** The address of the other end of the connection, before any proxy header is read. */
    peerAddress(c: Pick<HttpContext, 'env'>): string | undefined
  }
  /** Headers of the response, whatever its status. Headers that a route sets take precedence. */
  headers: Record<string, string>
  /** The text of the body, if there is one and the route reads it. */
  body?: string
}

export interface HttpEnv {
  Bindings: object
  Variables: HttpVariables
}

/**
 * The parts of a request that helpers use. Unlike Context, it also accepts the context of every route. On hot paths use
 * `get`: each read of `var` makes Hono copy all variables.
 */
export type HttpContext = Pick<Context<HttpEnv>, 'req' | 'var' | 'get' | 'header' | 'env'>
