import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Account, Post } from '../../../packages/client/src/index.ts'
import { markdown } from '../markdown/markdown.ts'
import { commentsOf, type SentComment } from '../parts/comment-list.ts'
import { show } from '../parts/layout.ts'
import { byline } from '../parts/post-entry.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebContext, WebEnv } from '../parts/web-env.ts'
import { failed } from './problem-page.ts'

/** The pattern of ids in paths; other paths are 404. */
export const idPattern = '{[1-9][0-9]{0,15}}'

/** The id of the post, from the path parameter `:id`. */
export function postIdOf(c: { req: { param(name: string): string | undefined } }): number {
  return Number(c.req.param('id'))
}

/** Whether this user may change what the author has written. */
export function mayChange(user: Account | undefined, author: { id: string }): boolean {
  return user !== undefined && (user.id === author.id || user.role === 'admin')
}

/** A post with its comments; `sent` is a refused comment. */
export async function postPage(c: WebContext, sent?: SentComment): Promise<Response> {
  const { visit } = c.var
  const path = { id: postIdOf(c) }
  const { data: post, error, response } = await visit.api.GET('/posts/{id}', { params: { path } })
  if (error) return failed(c, { error, response })
  return show(c, {
    title: post.title,
    status: sent?.problem?.status ?? 200,
    content: html`<article>
        <h1>${post.title}</h1>
        ${byline(visit, post)}
        <div class="prose">${await markdown(post.body, visit.t)}</div>
      </article>
      ${mayChange(visit.user, post.author) && actions(visit, post)}
      ${await commentsOf(c, post, sent)}`,
  })
}

function actions({ t }: Visit, { id }: Post): Html {
  return html`<p class="buttons">
    <a class="button second small" href="/app/posts/${id}/edit">${t.edit}</a>
    <a class="button second small" href="/app/posts/${id}/revisions">${t.revisions}</a>
    <a class="button danger small" href="/app/posts/${id}/delete">${t.delete}</a>
  </p>`
}

export const postRoutes = new Hono<WebEnv>().get(`/app/posts/:id${idPattern}`, (c) => postPage(c))
