import { html } from 'hono/html'
import type { Texts } from '../texts/texts.ts'
import { logInPath, nextOf } from './next.ts'
import { type Html, pageHeaders, shell } from './shell.ts'
import type { WebContext } from './web-env.ts'

interface Page {
  title: string
  content: Html
  status?: number
  headers?: Record<string, string>
}

/** Responds with a page; its navigation depends on the visitor. */
export async function show(
  c: WebContext,
  { title, content, status = 200, headers }: Page,
): Promise<Response> {
  const { t, user, language } = c.var.visit
  const isPost = c.req.method === 'POST'
  const { pathname, search } = new URL(c.req.url)
  const page = await shell({
    title,
    content: html`${noticeOf(c)}${content}`,
    language,
    t,
    here: nextOf(isPost ? undefined : pathname + search),
    nav: html`${navLink('/app', t.posts, pathname)}${user ? memberNav(t, user, pathname) : visitorNav(t, pathname)}`,
  })
  return c.html(page, status as 200, {
    ...pageHeaders,
    'Content-Language': language,
    ...((user || isPost) && { 'Cache-Control': 'no-store' }),
    ...headers,
  })
}

/** The message about the last action, or the reason why the session is over. */
function noticeOf(c: WebContext): Html | '' {
  const { t, lost } = c.var.visit
  if (c.req.method === 'POST') return ''
  const { pathname, search, searchParams } = new URL(c.req.url)
  if (lost && pathname !== '/app/log-in')
    return html`<p class="notice" role="status">${t.lost[lost]} <a href="${logInPath(pathname + search)}">${t.logIn}</a></p>`
  const done = searchParams.get('done') ?? ''
  return Object.hasOwn(t.done, done)
    ? html`<p class="notice" role="status">${t.done[done as keyof Texts['done']]}</p>`
    : ''
}

function navLink(href: string, text: string, here: string): Html {
  return html`<li><a href="${href}" ${href === here && html`aria-current="page"`}>${text}</a></li>`
}

function memberNav(
  t: Texts,
  user: { name: string | null; username: string; role: string },
  here: string,
): Html {
  return html`${navLink('/app/write', t.write, here)}${navLink('/app/mine', t.mine, here)}
    ${user.role === 'admin' && navLink('/app/admin/users', t.admin, here)}
    <li><a href="/app/account" ${here === '/app/account' && html`aria-current="page"`}><span class="unseen">${t.account}: </span><bdi>${user.name ?? user.username}</bdi></a></li>
    <li><form method="post" action="/app/log-out"><button class="plain">${t.logOut}</button></form></li>`
}

function visitorNav(t: Texts, here: string): Html {
  return html`${navLink('/app/log-in', t.logIn, here)}${navLink('/app/register', t.register, here)}`
}

/** Responds to an accepted form: a redirect to a page that confirms it. */
export function done(c: WebContext, path: string, what?: keyof Texts['done']): Response {
  const [address = '', fragment] = path.split('#', 2)
  const query = what ? `${address.includes('?') ? '&' : '?'}done=${what}` : ''
  return c.redirect(`${address}${query}${fragment ? `#${fragment}` : ''}`, 303)
}
