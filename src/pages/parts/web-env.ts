import type { Context } from 'hono'
import type { Account, GatepostClient } from '../../../packages/client/src/index.ts'
import type { AppEnv } from '../../api/context.ts'
import type { Language } from '../../errors/language.ts'
import type { Texts } from '../texts/texts.ts'

/** Sends a request to the app itself, without a network. */
export type AppFetch = (
  request: Request,
  env: object,
  execution?: ExecutionContext,
) => Response | Promise<Response>
type ExecutionContext = Context['executionCtx']

/** One visit to a page. */
export interface Visit {
  /** A client of the API with the session and language of this visitor. */
  api: GatepostClient
  language: Language
  t: Texts
  /** The logged-in user. */
  user?: Account
  /** Why the browser's session is over. */
  lost?: LostSession
}
export type LostSession = 'expired' | 'ended' | 'invalid'

export interface WebEnv {
  /** The app's context of the request. */
  Bindings: { outer: Context<AppEnv> }
  Variables: AppEnv['Variables'] & { visit: Visit; form?: URLSearchParams }
}
export type WebContext = Context<WebEnv>
