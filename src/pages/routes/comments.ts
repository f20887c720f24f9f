import { Hono } from 'hono'
import { keyOf } from '../parts/comment-list.ts'
import { formOf } from '../parts/form.ts'
import { done } from '../parts/layout.ts'
import type { WebEnv } from '../parts/web-env.ts'
import { idPattern, postIdOf, postPage } from './post.ts'
import { failed } from './problem-page.ts'

const comments = `/app/posts/:id${idPattern}/comments` as const
const comment = `${comments}/:comment${idPattern}` as const

export const commentsRoutes = new Hono<WebEnv>()
  .post(comments, async (c) => {
    const form = formOf(c)
    const id = postIdOf(c)
    const header = { 'Idempotency-Key': keyOf({ values: form }) }
    const { data, error, response } = await c.var.visit.api.POST('/posts/{id}/comments', {
      params: { path: { id }, header },
      body: { body: form.get('body') ?? '' },
    })
    if (error?.status === 422) return postPage(c, { values: form, problem: error })
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${id}#comment-${data.id}`, 'commented')
  })
  .post(comment, async (c) => {
    const form = formOf(c)
    const path = { id: postIdOf(c), comment_id: Number(c.req.param('comment')) }
    const { error, response } = await c.var.visit.api.PATCH('/posts/{id}/comments/{comment_id}', {
      params: { path },
      body: { body: form.get('body') ?? '' },
    })
    if (error?.status === 422) return postPage(c, { values: form, problem: error, id: path.comment_id })
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${path.id}#comment-${path.comment_id}`, 'saved')
  })
  .post(`${comment}/delete`, async (c) => {
    const path = { id: postIdOf(c), comment_id: Number(c.req.param('comment')) }
    const { error, response } = await c.var.visit.api.DELETE('/posts/{id}/comments/{comment_id}', {
      params: { path },
    })
    if (error) return failed(c, { error, response })
    return done(c, `/app/posts/${path.id}#comments`, 'deleted')
  })
