import { Hono } from 'hono'
import { html } from 'hono/html'
import type { AnyProblem } from '../../../packages/client/src/index.ts'
import { banner } from '../parts/form.ts'
import { show } from '../parts/layout.ts'
import { nextPage } from '../parts/paging.ts'
import { postEntry } from '../parts/post-entry.ts'
import type { Html } from '../parts/shell.ts'
import type { WebContext, WebEnv } from '../parts/web-env.ts'
import { filled } from '../texts/texts.ts'
import { failed } from './problem-page.ts'

const perPage = 10

interface Filters {
  q?: string
  tag?: string[]
  author?: string
}

export const postListRoutes = new Hono<WebEnv>().get('/app', async (c) => {
  const { api } = c.var.visit
  const asked = new URL(c.req.url).searchParams
  const filters: Filters = {
    ...(asked.get('q')?.trim() && { q: asked.get('q')?.trim() ?? '' }),
    ...(asked.has('tag') && { tag: asked.getAll('tag') }),
    ...(asked.get('author') && { author: asked.get('author') ?? '' }),
  }
  const cursor = asked.get('cursor') ?? undefined
  const query = { ...filters, limit: perPage, ...(cursor !== undefined && { cursor }) }
  const { data, error, response } = await api.GET('/posts', { params: { query } })
  if (error && error.code !== 'request.invalid') return failed(c, { error, response })
  return listPage(c, { filters, problem: error, page: data })
})

interface Shown {
  filters: Filters
  page: Parameters<typeof entries>[1] | undefined
  problem: AnyProblem | undefined
}

async function listPage(c: WebContext, { filters, page, problem }: Shown): Promise<Response> {
  const { t, user } = c.var.visit
  const isFiltered = Object.keys(filters).length > 0
  const sent = { values: new URLSearchParams(), problem }
  return show(c, {
    title: filters.q ?? filters.tag?.join(' ') ?? filters.author ?? t.posts,
    status: problem?.status ?? 200,
    content: html`
      <div class="head"><h1>${t.latest}</h1>${user && html`<a class="button small" href="/app/write">${t.write}</a>`}</div>
      ${banner(t, sent, ['q'])}
      <search><form class="search" action="/app">
        <div><label class="unseen" for="q">${t.fields.q}</label>
        <input type="search" id="q" name="q" value="${filters.q ?? ''}" placeholder="${t.fields.q}" ${problem && html`aria-invalid="true"`}></div>
        ${filters.tag?.map((tag) => html`<input type="hidden" name="tag" value="${tag}">`)}
        ${filters.author && html`<input type="hidden" name="author" value="${filters.author}">`}
        <button class="second">${t.search}</button>
      </form></search>
      ${isFiltered && chosen(c, filters)}
      ${page && entries(c, page, filters)}`,
  })
}

/** The active filters, with links that remove them. */
function chosen(c: WebContext, { author, tag = [] }: Filters): Html {
  const { t } = c.var.visit
  return html`<p class="filters">${author && html`<span>${filled(t.by, author)}</span>`}
    ${tag.map((name) => html`<span class="tag">${name}</span>`)} <a href="/app">${t.showAll}</a></p>`
}

interface EntryPage {
  items: Parameters<typeof postEntry>[1][]
  next_cursor: string | null
}

function entries(c: WebContext, { items, next_cursor }: EntryPage, { q }: Filters): Html {
  const { t, user } = c.var.visit
  if (items.length === 0)
    return html`<p class="empty">${q ? t.nothingFound : t.noPosts} ${user && !q && html`<a href="/app/write">${t.writeFirst}</a>`}</p>`
  return html`<ol class="entries">${items.map((post) => postEntry(c.var.visit, post, q !== undefined))}</ol>
    ${nextPage(c, next_cursor, t.older)}`
}
