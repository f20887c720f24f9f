import { html } from 'hono/html'
import type { PostSummary } from '../../../packages/client/src/index.ts'
import { commentCount } from '../texts/texts.ts'
import { moment } from './moment.ts'
import { person } from './person.ts'
import type { Html } from './shell.ts'
import type { Visit } from './web-env.ts'

type Reader = Pick<Visit, 't' | 'language'>

/** A post in a list. With `isSearch`, its excerpt contains marks. */
export function postEntry({ t, language }: Reader, post: PostSummary, isSearch = false): Html {
  return html`<li class="entry">
    <h2><a href="/app/posts/${post.id}">${post.title}</a></h2>
    <p>${isSearch ? marked(post.excerpt) : plain(post.excerpt)}</p>
    ${byline({ t, language }, post)}
  </li>`
}

/** Author, time, tags and number of comments. */
export function byline({ t, language }: Reader, post: Omit<PostSummary, 'excerpt'>): Html {
  return html`<p class="meta">
    <a href="${listPath({ author: post.author.username })}">${person(post.author)}</a>
    ${moment(post.published_at ?? post.created_at, language)}
    <span>${commentCount(t, post.comment_count)}</span>
    ${post.status === 'draft' && html`<span class="badge">${t.draft}</span>`}
    ${post.tags.map((tag) => html`<a class="tag" href="${listPath({ tag })}">${tag}</a> `)}
  </p>`
}

/** The list of posts with these filters. */
function listPath(filters: Record<string, string>): string {
  return `/app?${new URLSearchParams(filters)}`
}

/** The excerpt as HTML: the API marks hits in otherwise plain text. */
function marked(excerpt: string): Html[] {
  return excerpt
    .split(/<mark>(.*?)<\/mark>/s)
    .map((part, i) => (i % 2 ? html`<mark>${part}</mark>` : html`${part}`))
}

/** Removes Markdown characters that would only disturb in an excerpt. */
function plain(excerpt: string): string {
  const text = excerpt
    .replace(/^\s*(?:#{1,6}|>|[-*])\s+/gm, '')
    .replace(/\*\*|__|`+|!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
  // The API cuts an excerpt after 200 characters, possibly within a word.
  return [...excerpt].length < 200 ? text : text.replace(/\s*\S*$/, ' …')
}
