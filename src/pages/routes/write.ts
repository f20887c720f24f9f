import { Hono } from 'hono'
import { html } from 'hono/html'
import { keyOf } from '../parts/comment-list.ts'
import { formOf, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { postForm, postOf } from '../parts/post-form.ts'
import type { WebContext, WebEnv } from '../parts/web-env.ts'
import { failed, redirectToLogIn } from './problem-page.ts'

async function writePage(c: WebContext, sent: Sent): Promise<Response> {
  const { visit } = c.var
  return show(c, {
    title: visit.t.write,
    status: sent.problem?.status ?? 200,
    content: html`<h1>${visit.t.write}</h1>${await postForm(visit, { action: '/app/write', sent, back: '/app' })}`,
  })
}

export const writeRoutes = new Hono<WebEnv>()
  .get('/app/write', (c) =>
    c.var.visit.user ? writePage(c, { values: new URLSearchParams() }) : redirectToLogIn(c),
  )
  .post('/app/write', async (c) => {
    const values = formOf(c)
    if (values.get('do') === 'preview' && c.var.visit.user) return writePage(c, { values })
    const { data, error, response } = await c.var.visit.api.POST('/posts', {
      params: { header: { 'Idempotency-Key': keyOf({ values }) } },
      body: postOf(values),
    })
    if (error?.status === 422) return writePage(c, { values, problem: error })
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${data.id}`, data.status === 'draft' ? 'draftSaved' : 'published')
  })
