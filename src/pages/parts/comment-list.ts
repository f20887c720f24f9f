import { html } from 'hono/html'
import type { Comment, Post } from '../../../packages/client/src/index.ts'
import { ProblemError } from '../../../packages/client/src/index.ts'
import { commentCount } from '../texts/texts.ts'
import { banner, field, hidden, type Sent } from './form.ts'
import { longText } from './long-text.ts'
import { moment } from './moment.ts'
import { nextPage, pageQuery } from './paging.ts'
import { person } from './person.ts'
import type { Html } from './shell.ts'
import type { WebContext } from './web-env.ts'

/** A refused form of a comment; without `id`, of a new one. */
export interface SentComment extends Sent {
  id?: number
}

/** The comments on a post, and the form for a new one. @throws ProblemError */
export async function commentsOf(c: WebContext, post: Post, sent?: SentComment): Promise<Html> {
  const { api, t } = c.var.visit
  const params = { path: { id: post.id }, query: pageQuery(c, 50) }
  const { data, error } = await api.GET('/posts/{id}/comments', { params })
  if (error) throw new ProblemError(error)
  return html`<section aria-labelledby="comments">
    <h2 id="comments">${commentCount(t, post.comment_count)}</h2>
    ${data.items.map((comment) => commentItem(c, { post, comment, sent: sent?.id === comment.id ? sent : undefined }))}
    ${nextPage(c, data.next_cursor, t.moreComments)}
    ${commentForm(c, post, sent && sent.id === undefined ? sent : { values: new URLSearchParams() })}
  </section>`
}

function commentForm(c: WebContext, { id }: Post, sent: Sent): Html {
  const { t } = c.var.visit
  return html`<form method="post" action="/app/posts/${id}/comments" id="new-comment" data-guard>
    ${banner(t, sent, ['body'])}
    ${hidden({ key: keyOf(sent) })}
    ${field(sent, { name: 'body', label: t.newComment, rows: 4 })}
    <div class="buttons"><button>${t.addComment}</button></div>
  </form>`
}

/** The Idempotency-Key of a form, so that sending it twice writes once. If the key was refused as used, a new key. */
export function keyOf({ values, problem }: Sent): string {
  const key = values.get('key')
  return key && problem?.code !== 'idempotency.key_reused' ? key : crypto.randomUUID()
}

interface Shown {
  post: Post
  comment: Comment
  sent: SentComment | undefined
}

function commentItem(c: WebContext, { post, comment, sent }: Shown): Html {
  const { t, language, user } = c.var.visit
  const isMine = user?.id === comment.author.id
  const mayChange = isMine || user?.role === 'admin'
  const mayDelete = mayChange || user?.id === post.author.id
  const prefix = `c${comment.id}-`
  const form: SentComment = sent
    ? { ...sent, prefix }
    : { values: new URLSearchParams({ body: comment.body }), prefix }
  const path = `/app/posts/${post.id}/comments/${comment.id}`
  return html`<article class="comment" id="comment-${comment.id}" aria-labelledby="${prefix}by">
    <p class="meta"><strong id="${prefix}by">${person(comment.author)}</strong> ${moment(comment.created_at, language, 'time')}
      ${comment.updated_at !== comment.created_at && html`<span>${t.edited}</span>`}</p>
    <p class="text">${longText(comment.body)}</p>
    ${
      mayChange &&
      html`<details ${sent?.problem && 'open'}><summary>${t.edit}</summary>
      <form method="post" action="${path}">
        ${banner(t, form, ['body'])}${field(form, { name: 'body', label: t.fields.body, rows: 4 })}
        <button class="small">${t.save}</button>
      </form></details>`
    }
    ${
      mayDelete &&
      html`<details><summary>${t.delete}</summary>
      <form method="post" action="${path}/delete">${t.deleteComment} <button class="danger small">${t.delete}</button></form></details>`
    }
  </article>`
}
