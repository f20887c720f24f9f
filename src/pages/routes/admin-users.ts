import { Hono } from 'hono'
import { html } from 'hono/html'
import type { User } from '../../../packages/client/src/index.ts'
import { ApiError } from '../../errors/api-error.ts'
import { adminTabs } from '../parts/admin-tabs.ts'
import { formOf } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { moment } from '../parts/moment.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import { person } from '../parts/person.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebContext, WebEnv } from '../parts/web-env.ts'
import { failed, redirectToLogIn } from './problem-page.ts'

const list = '/app/admin/users'
const one = `${list}/:id{[0-9a-f-]{36}}` as const

function userRow({ t, language, user: me }: Visit, user: User, back: string): Html {
  const buttons = [
    user.role === 'admin' ? ['role', 'user', t.makeUser] : ['role', 'admin', t.makeAdmin],
    user.disabled ? ['disabled', 'false', t.enable] : ['disabled', 'true', t.disable],
    ['end', 'sessions', t.logOutEverywhere],
  ]
  return html`<li>
    <div><p><strong id="u-${user.id}">${person(user)}</strong>
      ${user.role === 'admin' && html`<span class="badge">${t.roles.admin}</span>`}
      ${user.disabled && html`<span class="badge">${t.disabled}</span>`}</p>
      <p class="meta"><bdi>${user.email}</bdi>${moment(user.created_at, language)}
      <a href="/app/admin/events?user=${user.id}" aria-label="${t.events}: ${user.username}">${t.events}</a></p></div>
    ${
      user.id !== me?.id &&
      html`<form method="post" action="${list}/${user.id}" aria-labelledby="u-${user.id}"><input type="hidden" name="back" value="${back}">
      ${buttons.map(([name, value, text]) => html`<button class="second small" name="${name}" value="${value}">${text}</button>`)}</form>`
    }
  </li>`
}

function searchForm(c: WebContext): Html {
  const { t } = c.var.visit
  return html`<search><form class="search" action="${list}">
    <div><label class="unseen" for="q">${t.searchUsers}</label>
    <input type="search" id="q" name="q" maxlength="80" value="${c.req.query('q') ?? ''}" placeholder="${t.searchUsers}"></div>
    <button class="second">${t.search}</button></form></search>`
}

export const adminUsersRoutes = new Hono<WebEnv>()
  .get('/app/admin', (c) => done(c, list))
  .get(list, async (c) => {
    const { visit } = c.var
    const { t, api } = visit
    const q = c.req.query('q')?.trim()
    if (!visit.user) return redirectToLogIn(c)
    // The list itself is for every logged-in user; the actions on this page are not.
    if (visit.user.role !== 'admin') throw new ApiError('auth.forbidden')
    const asked = { ...pageQuery(c, 20), ...(q && { q }) }
    const { data, error, response } = await api.GET('/users', { params: { query: asked } })
    if (error) return failed(c, { error, response })
    const back = q ? `${list}?q=${encodeURIComponent(q)}` : list
    return show(c, {
      title: t.users,
      content: html`<h1>${t.admin}</h1>${adminTabs(t, list)}${searchForm(c)}
        ${data.items.length === 0 && html`<p class="empty">${t.nothingFound}</p>`}
        <ul class="rows">${data.items.map((user) => userRow(visit, user, back))}</ul>
        ${nextPage(c, data.next_cursor, t.older)}`,
    })
  })
  .post(one, async (c) => {
    const { api } = c.var.visit
    const form = formOf(c)
    const params = { path: { id: c.req.param('id') } }
    const [role, disabled] = [form.get('role'), form.get('disabled')]
    const body = {
      ...(role !== null && { role: role as 'user' | 'admin' }), // the API checks the value
      ...(disabled !== null && { disabled: disabled === 'true' }),
    }
    const { error, response } = form.has('end')
      ? await api.DELETE('/users/{id}/sessions', { params })
      : await api.PATCH('/users/{id}', { params, body })
    if (error) return failed(c, { error, response })
    const back = form.get('back') ?? ''
    return done(c, back.startsWith(`${list}?q=`) ? back : list, 'saved')
  })
