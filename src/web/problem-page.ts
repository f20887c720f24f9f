import { html } from 'hono/html'
import { type AnyProblem, ProblemError } from '../client/index.ts'
import { onError } from '../errors.ts'
import { keptForm, logInPath } from './log-in.ts'
import { show } from './layout.ts'
import { languageOf, type WebContext } from './visit.ts'
import { texts } from './texts.ts'

interface Failure {
  error: AnyProblem
  response?: Response
}

/** The page for an answer that is none: log-in where a token is asked for, else what is wrong and what to do. */
export async function failed(c: WebContext, { error, response }: Failure): Promise<Response> {
  if (error.status === 401) return askToLogIn(c)
  const { t } = c.var.visit
  return show(c, {
    title: error.title,
    status: error.status,
    headers: carriedOver(response),
    content: html`<h1>${error.title}</h1>
      <p>${error.detail}</p>
      <p><a href="/problems/${error.code}">${t.whatToDo}</a> · <a href="/app">${t.toPosts}</a></p>
      <p class="hint">${t.requestId}: <code>${error.request_id}</code></p>`,
  })
}

/** Headers without which some statuses are of no use. */
export function carriedOver(response: Response | undefined): Record<string, string> {
  const names = ['WWW-Authenticate', 'Retry-After']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = response?.headers.get(name)
      return value ? [[name, value]] : []
    }),
  )
}

/** To the log-in page and back again; what was written in a form comes along. */
export async function askToLogIn(c: WebContext): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const why = c.var.visit.lost ?? (c.req.method === 'POST' ? 'ended' : undefined)
  if (c.req.method === 'POST') return keptForm(c, pathname + search)
  return c.redirect(logInPath(pathname + search, why), 303)
}

/** Whatever is thrown below the pages: the API's problem, as a page. */
export async function onWebError(thrown: Error, c: WebContext): Promise<Response> {
  const known = thrown instanceof ProblemError ? thrown.problem : undefined
  const response = known ? undefined : ((await onError(thrown, c as never)) as Response)
  const error = known ?? ((await response?.json()) as AnyProblem)
  if (!c.var.visit) {
    // The visit itself could not begin: nothing is known of who it is.
    const language = languageOf(c)
    c.set('visit', { language, t: texts[language] } as WebContext['var']['visit'])
  }
  return failed(c, response ? { error, response } : { error })
}
