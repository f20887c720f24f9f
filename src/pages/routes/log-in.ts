import { Hono } from 'hono'
import { html } from 'hono/html'
import { carriedOver } from '../parts/carried-over.ts'
import { banner, field, formOf, hidden, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { nextOf, type Reason } from '../parts/next.ts'
import { resumePage } from '../parts/resume.ts'
import type { WebContext, WebEnv } from '../parts/web-env.ts'

interface KeptForm {
  /** The target of the form. */
  action: string
  why: Reason
}

/** The log-in page in response to a form without a session: the values are kept and can be sent afterwards. */
export async function keptForm(c: WebContext, { action, why }: KeptForm): Promise<Response> {
  const kept = JSON.stringify([...formOf(c)].filter(([name]) => !name.includes('password')))
  return logInPage(c, { values: new URLSearchParams({ next: action, kept, why }) }, 401, {
    'WWW-Authenticate': 'Bearer realm="gatepost"',
  })
}

async function logInPage(c: WebContext, sent: Sent, status = 200, headers = {}): Promise<Response> {
  const { t } = c.var.visit
  const { values, problem } = sent
  const [next, why, kept] = [nextOf(values.get('next')), values.get('why') ?? '', values.get('kept')]
  const reason = Object.hasOwn(t.lost, why) ? t.lost[why as Reason] : undefined
  return show(c, {
    title: t.logIn,
    status,
    headers,
    content: html`<div class="narrow"><h1>${t.logIn}</h1>
      ${reason && !problem && html`<p class="notice" role="status">${reason} ${kept !== null && t.keptHint}</p>`}
      ${banner(t, sent, ['username', 'password'])}
      <form method="post" action="/app/log-in" enctype="multipart/form-data">
        ${hidden({ next, kept: kept ?? undefined, why: why || undefined })}
        ${field(sent, { name: 'username', label: t.usernameOrEmail, autocomplete: 'username' })}
        ${field(sent, { name: 'password', label: t.fields.password, type: 'password', autocomplete: 'current-password' })}
        <div class="buttons"><button>${t.logIn}</button></div>
      </form>
      <p class="hint">${t.noAccount} <a href="/app/register?next=${encodeURIComponent(kept === null ? next : '/app')}">${t.register}</a></p></div>`,
  })
}

export const logInRoutes = new Hono<WebEnv>()
  .get('/app/log-in', (c) => {
    // Other parameters of a link are ignored: only our own pages may submit a kept form.
    const given = ['next', 'why', 'username'].flatMap((name) => {
      const value = c.req.query(name)
      return value === undefined ? [] : [[name, value]]
    })
    return logInPage(c, { values: new URLSearchParams(given) })
  })
  .post('/app/log-in', async (c) => {
    const form = formOf(c)
    const { visit } = c.var
    const { data, error, response } = await visit.api.logIn({
      username: form.get('username') ?? '',
      password: form.get('password') ?? '',
    })
    if (error) return logInPage(c, { values: form, problem: error }, error.status, carriedOver(response))
    const [next, kept] = [nextOf(form.get('next')), form.get('kept')]
    if (kept === null) return done(c, next)
    visit.user = data.user
    return resumePage(c, next, kept)
  })
  .post('/app/log-out', async (c) => {
    await c.var.visit.api.logOut()
    return done(c, '/app', 'loggedOut')
  })
