import { Hono } from 'hono'
import { html } from 'hono/html'
import type { SessionInfo } from '../../../packages/client/src/index.ts'
import { deviceName } from '../parts/device-name.ts'
import { done, show } from '../parts/layout.ts'
import { moment } from '../parts/moment.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebEnv } from '../parts/web-env.ts'
import { filled } from '../texts/texts.ts'
import { failed } from './problem-page.ts'

const list = '/app/account/sessions'

function sessionRow({ t, language }: Visit, session: SessionInfo): Html {
  const device = deviceName(session.device) ?? t.unknownDevice
  return html`<li>
    <div><p><strong>${device}</strong> ${session.current && html`<span class="badge">${t.thisOne}</span>`}</p>
      <p class="meta"><span>${session.address ?? ''}</span><span>${t.lastUsed} ${moment(session.last_used_at, language, 'time')}</span></p></div>
    ${
      !session.current &&
      html`<form method="post" action="${list}/${session.id}/end">
      <button class="danger small" aria-label="${filled(t.endOf, device)}">${t.endThisOne}</button></form>`
    }
  </li>`
}

export const sessionsRoutes = new Hono<WebEnv>()
  .get(list, async (c) => {
    const { visit } = c.var
    const { t, api } = visit
    const { data, error, response } = await api.GET('/auth/sessions', { params: { query: pageQuery(c, 20) } })
    if (error) return failed(c, { error, response })
    return show(c, {
      title: t.sessions,
      content: html`<div class="head"><h1>${t.sessions}</h1><a href="/app/account">${t.account}</a></div>
        <p class="hint">${t.sessionsText}</p>
        <ul class="rows">${data.items.map((session) => sessionRow(visit, session))}</ul>
        ${nextPage(c, data.next_cursor, t.older)}
        ${data.items.length > 1 && html`<form method="post" action="${list}/end-others"><div class="buttons"><button class="danger">${t.endOthers}</button></div></form>`}`,
    })
  })
  .post(`${list}/:id{[0-9a-f-]{36}}/end`, async (c) => {
    const path = { id: c.req.param('id') }
    const { error, response } = await c.var.visit.api.DELETE('/auth/sessions/{id}', { params: { path } })
    // After a second click, the session has already ended. That is what the visitor wanted.
    if (error && error.code !== 'sessions.not_found') return failed(c, { error, response })
    return done(c, list, 'sessionEnded')
  })
  .post(`${list}/end-others`, async (c) => {
    const query = { except_current: 'true' } as const
    const { error, response } = await c.var.visit.api.DELETE('/auth/sessions', { params: { query } })
    if (error) return failed(c, { error, response })
    return done(c, list, 'sessionEnded')
  })
