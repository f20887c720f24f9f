import { Hono } from 'hono'
import { html } from 'hono/html'
import type { AuditEvent, GatepostClient } from '../../../packages/client/src/index.ts'
import { adminTabs } from '../parts/admin-tabs.ts'
import { deviceName } from '../parts/device-name.ts'
import { show } from '../parts/layout.ts'
import { moment } from '../parts/moment.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebContext, WebEnv } from '../parts/web-env.ts'
import { filled, type Texts } from '../texts/texts.ts'
import { failed } from './problem-page.ts'

const list = '/app/admin/events'

/** The names of the users in these events; for a deleted account only the id remains. */
async function namesOf(api: GatepostClient, events: readonly AuditEvent[]): Promise<Map<string, string>> {
  const ids = new Set(
    events.flatMap(({ actor_id, user_id }) => [actor_id, user_id]).filter((id) => id !== null),
  )
  const found = await Promise.all([...ids].map((id) => api.GET('/users/{id}', { params: { path: { id } } })))
  return new Map(found.flatMap(({ data }) => (data ? [[data.id, data.username]] : [])))
}

function eventRow({ t, language }: Visit, event: AuditEvent, names: Map<string, string>): Html {
  const { actor_id: actor, user_id: about } = event
  const nameOf = (id: string) => names.get(id) ?? id.slice(0, 8)
  const details = Object.entries(event.detail).map(([name, value]) => `${name}: ${value}`)
  return html`<li>
    <div><p><strong>${actionText(t, event.action)}</strong>
      ${about && html`<a href="${list}?user=${about}">${nameOf(about)}</a>`}
      ${actor && actor !== about && html`<span class="hint">${filled(t.by, nameOf(actor))}</span>`}</p>
      <p class="meta">${moment(event.at, language, 'time')}<span>${event.address ?? ''}</span>
        <span>${deviceName(event.user_agent) ?? ''}</span><span>${details.join(', ')}</span></p></div>
    <code>${event.action}</code>
  </li>`
}

function actionText(t: Texts, action: AuditEvent['action']): string {
  return t.actions[action]
}

function filterForm(c: WebContext): Html {
  const { t } = c.var.visit
  const [chosen, user] = [c.req.query('action'), c.req.query('user')]
  const options = Object.entries(t.actions).map(
    ([action, text]) => html`<option value="${action}" ${action === chosen && 'selected'}>${text}</option>`,
  )
  return html`<form class="search" action="${list}">
    <div><label class="unseen" for="action">${t.whatHappened}</label>
    <select id="action" name="action"><option value="">${t.everything}</option>${options}</select></div>
    ${user && html`<input type="hidden" name="user" value="${user}">`}
    <button class="second">${t.show}</button></form>
    ${user && html`<p class="filters"><a href="${list}">${t.showAll}</a></p>`}`
}

export const adminEventsRoutes = new Hono<WebEnv>().get(list, async (c) => {
  const { visit } = c.var
  const { t, api } = visit
  const [action, user] = [c.req.query('action'), c.req.query('user')]
  const query = {
    ...pageQuery(c, 20),
    ...(action && { action: action as AuditEvent['action'] }), // the API checks the value
    ...(user && { user }),
  }
  const { data, error, response } = await api.GET('/audit-events', { params: { query } })
  if (error) return failed(c, { error, response })
  const names = await namesOf(api, data.items)
  return show(c, {
    title: t.events,
    content: html`<h1>${t.admin}</h1>${adminTabs(t, list)}${filterForm(c)}
      ${data.items.length === 0 && html`<p class="empty">${t.nothingFound}</p>`}
      <ol class="rows">${data.items.map((event) => eventRow(visit, event, names))}</ol>
      ${nextPage(c, data.next_cursor, t.older)}`,
  })
})
