import { html } from 'hono/html'
import type { Html } from './shell.ts'
import type { WebContext } from './web-env.ts'

/** The link to the next page of a list: this address with another cursor. To go back, the browser has a button. */
export function nextPage(c: WebContext, cursor: string | null, text: string): Html | '' {
  const { pathname, searchParams } = new URL(c.req.url)
  const isFirst = !searchParams.has('cursor')
  if (cursor === null && isFirst) return ''
  const address = (value: string | null) => {
    const query = new URLSearchParams(searchParams)
    query.delete('cursor')
    query.delete('done')
    if (value !== null) query.set('cursor', value)
    return query.size > 0 ? `${pathname}?${query}` : pathname
  }
  const { t } = c.var.visit
  return html`<nav class="pages" aria-label="${t.pages}">
    <span>${!isFirst && html`<a href="${address(null)}">← ${t.firstPage}</a>`}</span>
    <span>${cursor !== null && html`<a rel="next" href="${address(cursor)}">${text} →</a>`}</span>
  </nav>`
}

/** The requested page as a query of the API. */
export function pageQuery(c: WebContext, limit: number): { limit: number; cursor?: string } {
  const cursor = c.req.query('cursor')
  return { limit, ...(cursor !== undefined && { cursor }) }
}
