import { html } from 'hono/html'
import type { Post } from '../../../packages/client/src/index.ts'
import { markdown } from '../markdown/markdown.ts'
import type { Texts } from '../texts/texts.ts'
import { keyOf } from './comment-list.ts'
import { banner, field, hidden, type Sent } from './form.ts'
import type { Html } from './shell.ts'
import type { Visit } from './web-env.ts'

const postFields = ['title', 'body', 'tags'] as const

interface PostForm {
  action: string
  sent: Sent
  /** ETag of the post that is being changed; a new post has none. */
  etag?: string | undefined
  /** The address for the link "Cancel". */
  back: string
}

/** The form for a new post or a change. Its buttons depend on the present status: draft or published. */
export async function postForm({ t }: Visit, { action, sent, etag, back }: PostForm): Promise<Html> {
  const { values } = sent
  const isPublished = etag !== undefined && values.get('status') === 'published'
  return html`${values.get('do') === 'preview' && (await preview(t, values))}
    ${banner(t, sent, postFields)}
    <form method="post" action="${action}" enctype="multipart/form-data" data-guard>
      ${etag === undefined ? hidden({ key: keyOf(sent) }) : hidden({ etag })}
      ${hidden({ status: values.get('status') ?? 'draft' })}
      ${field(sent, { name: 'title', label: t.fields.title })}
      ${field(sent, { name: 'body', label: t.fields.body, hint: t.bodyHint, rows: 16, isLong: true })}
      ${field(sent, { name: 'tags', label: t.fields.tags, hint: t.tagsHint, isOptional: true })}
      <div class="buttons">
        <button name="do" value="published">${isPublished ? t.save : t.publish}</button>
        <button class="second" name="do" value="draft">${isPublished ? t.unpublish : t.saveDraft}</button>
        <button class="second" name="do" value="preview">${t.preview}</button>
        <a href="${back}">${t.cancel}</a>
      </div>
    </form>`
}

async function preview(t: Texts, values: URLSearchParams): Promise<Html> {
  return html`<section class="card" aria-label="${t.preview}" id="preview"><p class="kicker">${t.preview}</p>
    <h2>${values.get('title')}</h2><div class="prose">${await markdown(values.get('body') ?? '', t)}</div></section>`
}

/** The values of a form as a request body. */
export function postOf(values: URLSearchParams) {
  const tags = (values.get('tags') ?? '').split(',').flatMap((tag) => tag.trim() || [])
  return {
    title: values.get('title') ?? '',
    body: values.get('body') ?? '',
    tags,
    status: values.get('do') === 'published' ? ('published' as const) : ('draft' as const),
  }
}

/** The values of a post for the form. */
export function valuesOf({ title, body, tags, status }: Pick<Post, 'title' | 'body' | 'tags' | 'status'>) {
  return new URLSearchParams({ title, body, tags: tags.join(', '), status })
}
