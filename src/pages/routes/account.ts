import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Account } from '../../../packages/client/src/index.ts'
import { banner, field, formOf, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { moment } from '../parts/moment.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebContext, WebEnv } from '../parts/web-env.ts'
import { failed, redirectToLogIn } from './problem-page.ts'

type Form = 'profile' | 'password' | 'delete'

/** The visitor's account; `sent` is a refused form. */
async function accountPage(c: WebContext, sent?: Sent & { form: Form }): Promise<Response> {
  const { visit } = c.var
  const { t, user } = visit
  if (!user) return redirectToLogIn(c)
  const of = (form: Form, values = new URLSearchParams()): Sent =>
    sent?.form === form ? { ...sent, prefix: `${form}-` } : { values, prefix: `${form}-` }
  return show(c, {
    title: t.account,
    status: sent?.problem?.status ?? 200,
    content: html`<h1>${t.account}</h1>
      <p class="meta"><span>${user.role === 'admin' ? t.roles.admin : t.roles.user}</span>
        <span>${t.since} ${moment(user.created_at, visit.language)}</span></p>
      <p class="buttons"><a class="button second small" href="/app/account/sessions">${t.sessions}</a>
        <a class="button second small" href="/app/account/tokens">${t.tokens}</a></p>
      ${profileForm(visit, of('profile', new URLSearchParams({ name: user.name ?? '', username: user.username, email: user.email })))}
      ${passwordForm(visit, of('password'))}
      ${deleteForm(visit, of('delete'))}`,
  })
}

function profileForm({ t }: Visit, sent: Sent): Html {
  return html`<section class="card" aria-labelledby="profile"><h2 id="profile">${t.profile}</h2>
    ${banner(t, sent, ['name', 'username', 'email', 'current_password'])}
    <form method="post" action="/app/account/profile">
      ${field(sent, { name: 'name', label: t.fields.name, hint: t.nameHint, autocomplete: 'name', isOptional: true })}
      ${field(sent, { name: 'username', label: t.fields.username, hint: t.usernameHint, autocomplete: 'username' })}
      ${field(sent, { name: 'email', label: t.fields.email, type: 'email', autocomplete: 'email' })}
      ${field(sent, { name: 'current_password', label: t.fields.current_password, type: 'password', hint: t.emailNeedsPassword, autocomplete: 'current-password', isOptional: true })}
      <button>${t.save}</button>
    </form></section>`
}

function passwordForm({ t }: Visit, sent: Sent): Html {
  return html`<section class="card" aria-labelledby="password"><h2 id="password">${t.changePassword}</h2>
    ${banner(t, sent, ['current_password', 'new_password'])}
    <form method="post" action="/app/account/password">
      ${field(sent, { name: 'current_password', label: t.fields.current_password, type: 'password', autocomplete: 'current-password' })}
      ${field(sent, { name: 'new_password', label: t.fields.new_password, type: 'password', hint: `${t.passwordHint} ${t.othersEnd}`, autocomplete: 'new-password' })}
      <button>${t.changePassword}</button>
    </form></section>`
}

function deleteForm({ t }: Visit, sent: Sent): Html {
  return html`<details class="card grave" ${sent.problem && 'open'}><summary>${t.deleteAccount}</summary>
    <p>${t.deleteAccountText}</p>
    ${banner(t, sent, ['password'])}
    <form method="post" action="/app/account/delete">
      ${field(sent, { name: 'password', label: t.fields.password, type: 'password', autocomplete: 'current-password' })}
      <button class="danger">${t.deleteForGood}</button>
    </form></details>`
}

/** The changes in the form; fields with the same value are left out. */
function changesOf(form: URLSearchParams, user: Account) {
  const [username = '', email = '', password] = ['username', 'email', 'current_password'].map(
    (field) => form.get(field) ?? '',
  )
  const name = form.get('name')?.trim() || null
  return {
    ...(form.has('name') && name !== user.name && { name }),
    ...(username !== user.username && { username }),
    ...(email !== user.email && { email }),
    ...(password && { current_password: password }),
  }
}

export const accountRoutes = new Hono<WebEnv>()
  .get('/app/account', (c) => accountPage(c))
  .post('/app/account/profile', async (c) => {
    const { user, api } = c.var.visit
    if (!user) return redirectToLogIn(c)
    const form = formOf(c)
    const { error, response } = await api.PATCH('/users/me', { body: changesOf(form, user) })
    if (error && isAboutFields(error))
      return accountPage(c, { form: 'profile', values: form, problem: error })
    if (error) return failed(c, { error, response })
    return done(c, '/app/account', 'saved')
  })
  .post('/app/account/password', async (c) => {
    const form = formOf(c)
    const { error, response } = await c.var.visit.api.PUT('/users/me/password', {
      body: {
        current_password: form.get('current_password') ?? '',
        new_password: form.get('new_password') ?? '',
      },
    })
    if (error && isAboutFields(error))
      return accountPage(c, { form: 'password', values: form, problem: error })
    if (error) return failed(c, { error, response })
    return done(c, '/app/account', 'passwordChanged')
  })
  .post('/app/account/delete', async (c) => {
    const { api } = c.var.visit
    const form = formOf(c)
    const { error, response } = await api.DELETE('/users/me', {
      body: { password: form.get('password') ?? '' },
    })
    if (error && isAboutFields(error)) return accountPage(c, { form: 'delete', values: form, problem: error })
    if (error) return failed(c, { error, response })
    await api.logOut() // deletes the cookies
    return done(c, '/app', 'accountDeleted')
  })

/** Whether the visitor can correct it in the form. */
function isAboutFields({ status }: { status: number }): boolean {
  return [403, 409, 422, 429].includes(status)
}
