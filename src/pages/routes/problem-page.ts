import { html } from 'hono/html'
import { type AnyProblem, ProblemError } from '../../../packages/client/src/index.ts'
import { onError } from '../../errors/problem-response.ts'
import type { ProblemCode } from '../../errors/problems.ts'
import { carriedOver } from '../parts/carried-over.ts'
import { languageOf } from '../parts/language-switch.ts'
import { show } from '../parts/layout.ts'
import { logInPath } from '../parts/next.ts'
import type { WebContext } from '../parts/web-env.ts'
import { textsIn } from '../texts/texts.ts'
import { keptForm } from './log-in.ts'

interface Failure {
  error: AnyProblem
  response?: Response | undefined
}

/** The page for an error: the log-in page if a token is missing, otherwise what is wrong and what to do. */
export async function failed(c: WebContext, { error, response }: Failure): Promise<Response> {
  c.env.outer.set('problem', error.code as ProblemCode) // for the log line
  if (error.status === 401) return redirectToLogIn(c)
  const { t } = await visitOf(c)
  return show(c, {
    title: error.title,
    status: error.status,
    headers: carriedOver(response),
    content: html`<div class="narrow"><p class="kicker">${error.status}</p><h1>${error.title}</h1>
      <p>${error.detail}</p>
      ${error.errors && html`<ul>${error.errors.map(({ message }) => html`<li>${message}</li>`)}</ul>`}
      <p><a href="/app">${t.toPosts}</a> · <a href="/problems/${error.code}">${t.whatToDo}</a></p>
      <p class="hint">${t.requestId}: <code>${error.request_id}</code></p></div>`,
  })
}

/** Redirects to the log-in page, which leads back here and keeps the values of a form. */
export async function redirectToLogIn(c: WebContext): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const why = (await visitOf(c)).lost ?? 'needed'
  if (c.req.method === 'POST') return keptForm(c, { action: pathname + search, why })
  return c.redirect(logInPath(pathname + search, why), 303)
}

/** The page for a problem response of this service. */
export async function failedAt(c: WebContext, response: Response): Promise<Response> {
  if (!/problem\+json/.test(response.headers.get('Content-Type') ?? '')) return response
  return failed(c, { error: (await response.json()) as AnyProblem, response })
}

/** Converts every error within the pages to a problem of the API, and shows it as a page. */
export async function onWebError(thrown: Error, c: WebContext): Promise<Response> {
  if (thrown instanceof ProblemError) return failed(c, { error: thrown.problem })
  // The app's context keeps the error for the log line.
  return failedAt(c, (await onError(thrown, c.env.outer)) as Response)
}

/** Without a visit, only the language is known. */
async function visitOf(c: WebContext): Promise<WebContext['var']['visit']> {
  if (!c.var.visit) {
    const language = languageOf(c)
    const t = await textsIn(language, c.get('deps'))
    c.set('visit', { language, t } as WebContext['var']['visit'])
  }
  return c.var.visit
}
