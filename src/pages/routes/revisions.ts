import { Hono } from 'hono'
import { html } from 'hono/html'
import { difference } from '../difference/difference.ts'
import { formOf, hidden } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { longText } from '../parts/long-text.ts'
import { moment } from '../parts/moment.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import type { WebEnv } from '../parts/web-env.ts'
import { filled } from '../texts/texts.ts'
import { idPattern, postIdOf } from './post.ts'
import { failed } from './problem-page.ts'

const list = `/app/posts/:id${idPattern}/revisions` as const
const one = `${list}/:number{[1-9][0-9]{0,8}}` as const

export const revisionsRoutes = new Hono<WebEnv>()
  .get(list, async (c) => {
    const { t, api, language } = c.var.visit
    const id = postIdOf(c)
    const params = { path: { id }, query: pageQuery(c, 20) }
    const { data, error, response } = await api.GET('/posts/{id}/revisions', { params })
    if (error) return failed(c, { error, response })
    const rows = data.items.map(
      ({ number, title, written_at }) => html`<li>
        <p><a href="/app/posts/${id}/revisions/${number}">${filled(t.version, number)}</a> ${title}</p>
        <span class="meta">${moment(written_at, language, 'time')}</span></li>`,
    )
    return show(c, {
      title: t.revisions,
      content: html`<div class="head"><h1>${t.revisions}</h1><a href="/app/posts/${id}">${t.backToPost}</a></div>
        ${rows.length > 0 ? html`<ol class="rows">${rows}</ol>` : html`<p class="empty">${t.noRevisions}</p>`}
        ${nextPage(c, data.next_cursor, t.older)}`,
    })
  })
  .get(one, async (c) => {
    const { t, api, language } = c.var.visit
    const id = postIdOf(c)
    const number = Number(c.req.param('number'))
    const [former, now] = [
      await api.GET('/posts/{id}/revisions/{number}', { params: { path: { id, number } } }),
      await api.GET('/posts/{id}', { params: { path: { id } } }),
    ]
    if (former.error) return failed(c, former)
    if (now.error) return failed(c, now)
    return show(c, {
      title: filled(t.version, number),
      content: html`<div class="head"><h1>${filled(t.version, number)}</h1><a href="/app/posts/${id}/revisions">${t.revisions}</a></div>
        <p class="meta">${moment(former.data.written_at, language, 'time')}</p>
        <h2>${t.changedSince}</h2><p class="hint">${t.comparedWithNow}</p>
        ${difference(t, former.data, now.data)}
        <form method="post" action="/app/posts/${id}/revisions/${number}/restore">
          ${hidden({ etag: now.response.headers.get('ETag') ?? '' })}
          <div class="buttons"><button>${t.restore}</button> <span class="hint">${t.restoreHint}</span></div></form>
        <details class="card"><summary>${t.wholeVersion}</summary><h2>${former.data.title}</h2><pre class="kept" tabindex="0">${longText(former.data.body)}</pre></details>`,
    })
  })
  .post(`${one}/restore`, async (c) => {
    const id = postIdOf(c)
    const { error, response } = await c.var.visit.api.POST('/posts/{id}/revisions/{number}/restore', {
      params: {
        path: { id, number: Number(c.req.param('number')) },
        header: { 'If-Match': formOf(c).get('etag') ?? '' },
      },
    })
    if (error?.code === 'precondition.failed') return done(c, `/app/posts/${id}`, 'changedMeanwhile')
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${id}`, 'restored')
  })
