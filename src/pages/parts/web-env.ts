import type { Context } from 'hono'
import type { Account, GatepostClient } from '../../../packages/client/src/index.ts'
import type { AppEnv } from '../../api/context.ts'
import type { Language } from '../../errors/language.ts'
import type { Texts } from '../texts/texts.ts'

/** Answers a request without a network: the app itself. */
export type AppFetch = (
  request: Request,
  env: object,
  execution?: ExecutionContext,
) => Response | Promise<Response>
type ExecutionContext = Context['executionCtx']

/** Somebody looks at a page. */
export interface Visit {
  /** The API, as this visitor and in their language. */
  api: GatepostClient
  language: Language
  t: Texts
  /** Who has logged in. */
  user?: Account
  /** Why the session that the browser had is over. */
  lost?: LostSession
}
export type LostSession = 'expired' | 'ended' | 'invalid'

export interface WebEnv {
  /** The app's own view of the request. */
  Bindings: { outer: Context<AppEnv> }
  Variables: AppEnv['Variables'] & { visit: Visit; form?: URLSearchParams }
}
export type WebContext = Context<WebEnv>
