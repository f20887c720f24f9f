import { Hono } from 'hono'
import { html } from 'hono/html'
import { carriedOver } from '../parts/carried-over.ts'
import { banner, field, formOf, hidden, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { logInPath, nextOf } from '../parts/next.ts'
import type { WebContext, WebEnv } from '../parts/web-env.ts'

async function registerPage(c: WebContext, sent: Sent, status = 200, headers = {}): Promise<Response> {
  const { t } = c.var.visit
  const next = nextOf(sent.values.get('next'))
  return show(c, {
    title: t.register,
    status,
    headers,
    content: html`<div class="narrow"><h1>${t.register}</h1>
      ${banner(t, sent, ['username', 'email', 'password'])}
      <form method="post" action="/app/register">
        ${hidden({ next })}
        ${field(sent, { name: 'username', label: t.fields.username, hint: t.usernameHint, autocomplete: 'username' })}
        ${field(sent, { name: 'email', label: t.fields.email, type: 'email', autocomplete: 'email' })}
        ${field(sent, { name: 'password', label: t.fields.password, type: 'password', hint: t.passwordHint, autocomplete: 'new-password' })}
        <div class="buttons"><button>${t.register}</button></div>
      </form>
      <p class="hint">${t.haveAccount} <a href="${logInPath(next)}">${t.logIn}</a></p></div>`,
  })
}

export const registerRoutes = new Hono<WebEnv>()
  .get('/app/register', (c) =>
    registerPage(c, { values: new URLSearchParams({ next: c.req.query('next') ?? '' }) }),
  )
  .post('/app/register', async (c) => {
    const form = formOf(c)
    const { error, response } = await c.var.visit.api.register({
      username: form.get('username') ?? '',
      email: form.get('email') ?? '',
      password: form.get('password') ?? '',
    })
    if (error) return registerPage(c, { values: form, problem: error }, error.status, carriedOver(response))
    return done(c, nextOf(form.get('next')), 'registered')
  })
