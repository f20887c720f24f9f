import type { Context } from 'hono'
import type { Config } from '../config/config.ts'

/** What HTTP needs of the app. */
interface HttpVariables {
  deps: {
    config: Pick<Config, 'BODY_LIMIT' | 'TRUST_PROXY'>
    /** The address of the client’s end of the connection, before any proxy header is looked at. */
    peerAddress(c: Pick<HttpContext, 'env'>): string | undefined
  }
  /** Headers of the response, whatever it will be; what a route sets itself comes before them. */
  headers: Record<string, string>
  /** The text of the body, if there is one and the route reads it. */
  body?: string
}

export interface HttpEnv {
  Bindings: object
  Variables: HttpVariables
}

/**
 * What helpers need of a request; unlike Context it takes that of every route. On hot paths use `get`: each time `var`
 * is read, Hono copies all there is.
 */
export type HttpContext = Pick<Context<HttpEnv>, 'req' | 'var' | 'get' | 'header' | 'env'>
