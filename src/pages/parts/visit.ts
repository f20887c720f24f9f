import type { Context, MiddlewareHandler } from 'hono'
import {
  type Account,
  type AnyProblem,
  type GatepostClient,
  ProblemError,
} from '../../../packages/client/src/index.ts'
import type { AppEnv } from '../../api/context.ts'
import type { Language } from '../../errors/language.ts'
import { clientOf } from '../own-client.ts'
import { type Texts, textsIn } from '../texts/texts.ts'
import { languageOf } from './language-switch.ts'
import { inCookies } from './session-cookies.ts'

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

/** What the app knows of the request, the pages know too. */
export const fromOutside: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { outer } = c.env
  c.set('deps', outer.get('deps'))
  c.set('requestId', outer.get('requestId'))
  c.set('headers', outer.get('headers'))
  await next()
}

/** Finds out who visits. A session that is over is taken from the browser, and `lost` says why. @throws ProblemError */
export function visiting(fetch: AppFetch): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const language = languageOf(c)
    const session = inCookies(c)
    const visit: Visit = {
      api: clientOf(c.env.outer, { fetch, language, session }),
      language,
      t: await textsIn(language, c.get('deps')),
    }
    c.set('visit', visit)
    if (session.get()) await recognise(visit)
    await next()
  }
}

async function recognise(visit: Visit): Promise<void> {
  const { data, error } = await visit.api.GET('/users/me')
  if (data) visit.user = data
  if (!error) return
  if (error.status !== 401) throw new ProblemError(error)
  visit.lost = whyLost(error)
  // Clears the cookies, whatever is left in them: the API has just refused it.
  await visit.api.logOut()
}

function whyLost({ code }: AnyProblem): LostSession {
  if (code === 'auth.refresh_expired' || code === 'auth.token_expired') return 'expired'
  return code === 'auth.session_revoked' || code === 'auth.refresh_reused' ? 'ended' : 'invalid'
}
