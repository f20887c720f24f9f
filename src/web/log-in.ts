import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { isLanguage } from '../http/language.ts'
import { banner, field, formOf, hidden, type Sent } from './form.ts'
import { type Html, show } from './layout.ts'
import { carriedOver } from './problem-page.ts'
import { type LostSession, languageCookie, type WebContext, type WebEnv } from './visit.ts'

/** The log-in page that leads back to this address. */
export function logInPath(next: string, why?: LostSession): string {
  return `/app/log-in?next=${encodeURIComponent(next)}${why ? `&why=${why}` : ''}`
}

/** Where to go after logging in: an address of these pages, whatever was sent. */
function nextOf(text: string | null | undefined): string {
  return text && /^\/(?:app(?:[/?][\w\-./~%?&=+:]*)?)?$/.test(text) ? text : '/app'
}

/** The log-in page in place of an answer to a form: what was written is kept and can be sent afterwards. */
export async function keptForm(c: WebContext, action: string): Promise<Response> {
  const kept = JSON.stringify([...formOf(c)].filter(([name]) => !name.includes('password')))
  const lost = c.var.visit.lost ?? 'ended'
  return logInPage(c, { values: new URLSearchParams({ next: action, kept, why: lost }) }, 401, {
    'WWW-Authenticate': 'Bearer realm="gatepost"',
  })
}

async function logInPage(c: WebContext, sent: Sent, status = 200, headers = {}): Promise<Response> {
  const { t } = c.var.visit
  const { values } = sent
  const [next, why, kept] = [nextOf(values.get('next')), values.get('why'), values.get('kept')]
  const reason = why !== null && Object.hasOwn(t.lost, why) ? t.lost[why as LostSession] : undefined
  return show(c, {
    title: t.logIn,
    status,
    headers,
    content: html`<div class="narrow"><h1>${t.logIn}</h1>
      ${reason && !sent.problem && html`<p class="notice" role="status">${reason} ${kept !== null && t.keptHint}</p>`}
      ${banner(t, sent, ['username', 'password'])}
      <form method="post" action="/app/log-in" enctype="multipart/form-data">
        ${hidden({ next, kept: kept ?? undefined, why: why ?? undefined })}
        ${field(sent, { name: 'username', label: t.usernameOrEmail, autocomplete: 'username' })}
        ${field(sent, { name: 'password', label: t.fields.password, type: 'password', autocomplete: 'current-password' })}
        <button>${t.logIn}</button>
      </form>
      <p>${t.noAccount} <a href="/app/register?next=${encodeURIComponent(kept === null ? next : '/app')}">${t.register}</a></p></div>`,
  })
}

async function registerPage(c: WebContext, sent: Sent, status = 200, headers = {}): Promise<Response> {
  const { t } = c.var.visit
  return show(c, {
    title: t.register,
    status,
    headers,
    content: html`<div class="narrow"><h1>${t.register}</h1>
      ${banner(t, sent, ['username', 'email', 'password'])}
      <form method="post" action="/app/register">
        ${hidden({ next: nextOf(sent.values.get('next')) })}
        ${field(sent, { name: 'username', label: t.fields.username, hint: t.usernameHint, autocomplete: 'username' })}
        ${field(sent, { name: 'email', label: t.fields.email, type: 'email', autocomplete: 'email' })}
        ${field(sent, { name: 'password', label: t.fields.password, type: 'password', hint: t.passwordHint, autocomplete: 'new-password' })}
        <button>${t.register}</button>
      </form>
      <p>${t.haveAccount} <a href="/app/log-in">${t.logIn}</a></p></div>`,
  })
}

/** What was kept, with the button that sends it now. */
async function resumePage(c: WebContext, action: string, kept: string): Promise<Response> {
  const { t } = c.var.visit
  const fields = keptFields(kept)
  const texts = fields.filter(([name]) => ['title', 'body', 'tags'].includes(name))
  return show(c, {
    title: t.resume,
    content: html`<h1>${t.resume}</h1><p>${t.resumeText}</p>
      <form method="post" action="${nextOf(action)}" enctype="multipart/form-data">
        ${fields.map(([name, value]) => hidden({ [name]: value }))}
        <button>${t.sendNow}</button>
      </form>
      ${texts.map(([, value]): Html => html`<pre class="kept">${value}</pre>`)}`,
  })
}

function keptFields(kept: string): [string, string][] {
  try {
    return (JSON.parse(kept) as unknown[][]).map(([name, value]) => [String(name), String(value)])
  } catch {
    return []
  }
}

export const logInRoutes = new Hono<WebEnv>()
  .get('/app/log-in', (c) => logInPage(c, { values: new URL(c.req.url).searchParams }))
  .post('/app/log-in', async (c) => {
    const form = formOf(c)
    const { error, response } = await c.var.visit.api.logIn({
      username: form.get('username') ?? '',
      password: form.get('password') ?? '',
    })
    if (error) return logInPage(c, { values: form, problem: error }, error.status, carriedOver(response))
    const [next, kept] = [nextOf(form.get('next')), form.get('kept')]
    if (kept === null) return c.redirect(next, 303)
    const me = await c.var.visit.api.GET('/users/me')
    if (me.data) c.var.visit.user = me.data
    return resumePage(c, next, kept)
  })
  .get('/app/register', (c) => registerPage(c, { values: new URL(c.req.url).searchParams }))
  .post('/app/register', async (c) => {
    const form = formOf(c)
    const [username, email, password] = ['username', 'email', 'password'].map((name) => form.get(name) ?? '')
    const account = { username: username ?? '', email: email ?? '', password: password ?? '' }
    const { error, response } = await c.var.visit.api.register(account)
    if (error) return registerPage(c, { values: form, problem: error }, error.status, carriedOver(response))
    return c.redirect(nextOf(form.get('next')), 303)
  })
  .post('/app/log-out', async (c) => {
    await c.var.visit.api.logOut()
    return c.redirect('/app?done=loggedOut', 303)
  })
  .post('/app/language', (c) => {
    const language = formOf(c).get('language') ?? ''
    if (isLanguage(language)) {
      const secure = c.var.deps.config.PUBLIC_URL?.startsWith('https:') ?? false
      setCookie(c, languageCookie, language, { path: '/', sameSite: 'Lax', httpOnly: true, secure, maxAge: 31_536_000 })
    }
    const next = formOf(c).get('next')
    return c.redirect(next === '/' ? '/' : nextOf(next), 303)
  })
