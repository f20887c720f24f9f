import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Post } from '../../../packages/client/src/index.ts'
import { difference } from '../difference/difference.ts'
import { formOf, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { postForm, postOf, valuesOf } from '../parts/post-form.ts'
import type { Html } from '../parts/shell.ts'
import type { WebContext, WebEnv } from '../parts/web-env.ts'
import { idPattern, mayChange, postIdOf } from './post.ts'
import { failed } from './problem-page.ts'

const path = `/app/posts/:id${idPattern}/edit` as const

interface Edit {
  sent: Sent
  etag: string
  /** The differences, if someone else has changed the post meanwhile. */
  conflict?: Html
}

async function editPage(c: WebContext, { sent, etag, conflict }: Edit): Promise<Response> {
  const { visit } = c.var
  const back = `/app/posts/${postIdOf(c)}`
  const form = await postForm(visit, { action: `${back}/edit`, sent, etag, back })
  return show(c, {
    title: visit.t.edit,
    status: conflict ? 412 : (sent.problem?.status ?? 200),
    content: html`<h1>${visit.t.edit}</h1>${conflict}${form}`,
  })
}

/**
 * Someone else has changed the post: shows both versions, keeps the visitor's text in the form, and lets the visitor
 * decide.
 */
async function conflictPage(c: WebContext, values: URLSearchParams): Promise<Response> {
  const { visit } = c.var
  const { t } = visit
  const { data: theirs, error, response } = await readPost(c)
  if (error) return failed(c, { error, response })
  const mine = postOf(values)
  const conflict = html`<div class="alert" role="alert"><p><strong>${t.conflict}</strong></p><p>${t.conflictText}</p></div>
    <section class="card" aria-labelledby="theirs"><h2 id="theirs">${t.theirs}</h2><p class="hint">${t.theirsHint}</p>
      ${difference(t, mine, theirs)}</section>
    <h2>${t.yours}</h2>`
  return editPage(c, { sent: { values }, etag: etagOf(response), conflict })
}

function readPost(c: WebContext) {
  return c.var.visit.api.GET('/posts/{id}', { params: { path: { id: postIdOf(c) } } })
}

function etagOf(response: Response): string {
  return response.headers.get('ETag') ?? ''
}

export const editRoutes = new Hono<WebEnv>()
  .get(path, async (c) => {
    const { data, error, response } = await readPost(c)
    if (error) return failed(c, { error, response })
    if (!mayChange(c.var.visit.user, data.author)) return done(c, `/app/posts/${data.id}`)
    return editPage(c, { sent: { values: valuesOf(data as Post) }, etag: etagOf(response) })
  })
  .post(path, async (c) => {
    const values = formOf(c)
    const etag = values.get('etag') ?? ''
    const { api, user } = c.var.visit
    if (values.get('do') === 'preview' && user) return editPage(c, { sent: { values }, etag })
    const { data, error, response } = await api.PATCH('/posts/{id}', {
      params: { path: { id: postIdOf(c) }, header: { 'If-Match': etag } },
      body: postOf(values),
    })
    if (error?.code === 'precondition.failed') return conflictPage(c, values)
    if (error?.status === 422) return editPage(c, { sent: { values, problem: error }, etag })
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${data.id}`, 'saved')
  })
