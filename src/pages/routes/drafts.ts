import { Hono } from 'hono'
import { html } from 'hono/html'
import { show } from '../parts/layout.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import { postEntry } from '../parts/post-entry.ts'
import { tabs } from '../parts/tabs.ts'
import type { WebEnv } from '../parts/web-env.ts'
import { failed } from './problem-page.ts'

/** The visitor's own posts: drafts, published ones, or both. */
export const draftsRoutes = new Hono<WebEnv>().get('/app/mine', async (c) => {
  const { visit } = c.var
  const { t, api } = visit
  const asked = c.req.query('status')
  const status: 'draft' | 'published' | undefined =
    asked === 'draft' || asked === 'published' ? asked : undefined
  const query = { ...pageQuery(c, 10), ...(status !== undefined && { status }) }
  const { data, error, response } = await api.GET('/users/me/posts', { params: { query } })
  if (error) return failed(c, { error, response })
  const items = data.items.map((post) => postEntry(visit, post))
  const chosen = status ? `/app/mine?status=${status}` : '/app/mine'
  return show(c, {
    title: t.mine,
    content: html`<div class="head"><h1>${t.mine}</h1><a class="button small" href="/app/write">${t.write}</a></div>
      ${tabs(t.mine, chosen, [
        ['/app/mine', t.all],
        ['/app/mine?status=draft', t.drafts],
        ['/app/mine?status=published', t.publishedOnes],
      ])}
      ${items.length > 0 ? html`<ol class="entries">${items}</ol>` : html`<p class="empty">${t.nothingHere}</p>`}
      ${nextPage(c, data.next_cursor, t.older)}`,
  })
})
