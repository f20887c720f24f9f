import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { type Account, type AnyProblem, createClient, type GatepostClient, ProblemError } from '../client/index.ts'
import type { AppEnv } from '../context.ts'
import { isLanguage, type Language, preferredLanguage } from '../http/language.ts'
import { inCookies } from './session-cookies.ts'
import { type Texts, texts } from './texts.ts'

/** Answers a request without a network: the app itself. */
export type AppFetch = (request: Request, env: unknown, execution?: ExecutionContext) => Response | Promise<Response>
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
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { visit: Visit; form?: URLSearchParams }
}
export type WebContext = Context<WebEnv>

export const languageCookie = 'gatepost_language'

/** What the visitor's browser says of itself; the API sees it as if it had been called from there. */
const passedOn = ['User-Agent', 'X-Forwarded-For', 'CF-Connecting-IP', 'X-Request-Id']

/** A client that calls the app in this process, in the visitor's language. */
export function clientOf(c: Context<AppEnv>, fetch: AppFetch, withSession = true): GatepostClient {
  const headers: Record<string, string> = { 'Accept-Language': languageOf(c), 'X-Request-Id': c.get('requestId') }
  for (const name of passedOn) {
    const value = c.req.header(name)
    if (value !== undefined && headers[name] === undefined) headers[name] = value
  }
  return createClient({
    baseUrl: new URL(c.req.url).origin,
    fetch: (request) => fetch(request, c.env, executionOf(c)),
    headers,
    attempts: 1, // a person would rather try again than wait
    ...(withSession && { session: inCookies(c) }),
  })
}

/** Of the switch on the pages, else of the browser. */
export function languageOf(c: Context): Language {
  const chosen = getCookie(c, languageCookie)
  return isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('Accept-Language'))
}

/** Finds out who visits. A session that is over is taken from the browser, and `lost` says why. @throws ProblemError */
export function visiting(fetch: AppFetch): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const language = languageOf(c)
    const visit: Visit = { api: clientOf(c as unknown as Context<AppEnv>, fetch), language, t: texts[language] }
    c.set('visit', visit)
    if (/gatepost_(access|refresh)=/.test(c.req.header('Cookie') ?? '')) await recognise(visit)
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

function executionOf(c: Context): ExecutionContext | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined // Node has none
  }
}
