import { Hono } from 'hono'
import { html } from 'hono/html'
import { formOf, hidden } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import type { WebEnv } from '../parts/web-env.ts'
import { filled } from '../texts/texts.ts'
import { idPattern, postIdOf } from './post.ts'
import { failed } from './problem-page.ts'

const path = `/app/posts/:id${idPattern}/delete` as const

export const removeRoutes = new Hono<WebEnv>()
  .get(path, async (c) => {
    const { t, api } = c.var.visit
    const id = postIdOf(c)
    const { data, error, response } = await api.GET('/posts/{id}', { params: { path: { id } } })
    if (error) return failed(c, { error, response })
    const { comment_count: comments } = data
    const losses = comments > 0 ? filled(t.deletePostTextWithComments, comments) : t.deletePostText
    return show(c, {
      title: t.delete,
      content: html`<div class="narrow"><h1>${t.deletePost}</h1>
        <p><strong>${data.title}</strong></p><p>${losses}</p>
        <form method="post">${hidden({ etag: response.headers.get('ETag') ?? '' })}
          <div class="buttons"><button class="danger">${t.deleteForGood}</button>
          <a href="/app/posts/${id}">${t.cancel}</a></div></form></div>`,
    })
  })
  .post(path, async (c) => {
    const id = postIdOf(c)
    const { error, response } = await c.var.visit.api.DELETE('/posts/{id}', {
      params: { path: { id }, header: { 'If-Match': formOf(c).get('etag') ?? '' } },
    })
    if (error?.code === 'precondition.failed') return done(c, `/app/posts/${id}`, 'changedMeanwhile')
    if (error) return failed(c, { error, response })
    return done(c, '/app/mine', 'deleted')
  })
