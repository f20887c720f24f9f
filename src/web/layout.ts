import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Language } from '../http/language.ts'
import { assetPath } from './assets.ts'
import { type Texts, texts } from './texts.ts'
import type { WebContext } from './visit.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

interface Shell {
  title: string
  content: Html
  language: Language
  /** Where the language switch comes back to; a path of ours. */
  here: string
  nav?: Html
}

/** A whole page in the house style, for everyone: no session is needed. */
export function shell({ title, content, language, here, nav }: Shell): Html {
  const t = texts[language]
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Gatepost</title>
    <link rel="icon" type="image/svg+xml" href="${assetPath('icon.svg')}">
    <link rel="stylesheet" href="${assetPath('style.css')}">
    <script type="module" src="${assetPath('enhance.js')}"></script>
  </head>
  <body>
    <a class="skip" href="#main">${t.skip}</a>
    <header class="top"><div class="bar">
      <a class="brand" href="/">${logo}Gatepost</a>
      <nav aria-label="${t.mainNavigation}"><ul>${nav ?? plainNav(t)}</ul></nav>
    </div></header>
    <main id="main" tabindex="-1">${content}</main>
    <footer><div class="bar">
      <ul><li><a href="/docs">${t.apiDocs}</a></li><li><a href="/openapi.json">OpenAPI</a></li></ul>
      <form method="post" action="/app/language">
        <input type="hidden" name="next" value="${here}">
        ${languageButton('en', 'English', language)}${languageButton('ko', '한국어', language)}
      </form>
    </div></footer>
  </body>
</html>`
}

function languageButton(value: Language, name: string, current: Language): Html {
  return html`<button class="plain" name="language" value="${value}" lang="${value}" aria-pressed="${String(value === current)}">${name}</button>`
}

function plainNav(t: Texts): Html {
  return html`<li><a href="/app">${t.posts}</a></li><li><a href="/docs">${t.apiDocs}</a></li>`
}

// Two posts and what swings between them.
const logo = html`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d="M3 2v16M17 2v16M3 6h14M3 13h14M3 13 17 6" fill="none" stroke="currentColor" stroke-width="2"/></svg>`

/** Pages load from this server alone, and nothing inline. */
export const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // Browsers without Sec-Fetch-Site send the Origin with forms only if they may name the referrer here.
  'Referrer-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
  Vary: 'Accept-Language, Cookie',
}

interface Page {
  title: string
  content: Html
  status?: number
  headers?: Record<string, string>
}

/** Answers with a page, its navigation as this visitor needs it. */
export async function show(c: WebContext, { title, content, status = 200, headers }: Page): Promise<Response> {
  const { visit } = c.var
  const { t, user, lost, language } = visit
  const isPost = c.req.method === 'POST'
  const { pathname, search } = new URL(c.req.url)
  const done = isPost ? undefined : c.req.query('done')
  const notice = done !== undefined && Object.hasOwn(t.done, done) ? t.done[done as keyof Texts['done']] : undefined
  const body = html`${notice && html`<p class="notice" role="status">${notice}</p>`}
    ${lost && !isPost && pathname !== '/app/log-in' && html`<p class="notice" role="status">${t.lost[lost]} <a href="/app/log-in?next=${encodeURIComponent(pathname + search)}">${t.logIn}</a></p>`}
    ${content}`
  const nav = html`<li><a href="/app">${t.posts}</a></li>${user ? memberNav(t, user) : visitorNav(t)}`
  const page = await shell({ title, content: body, language, here: isPost ? '/app' : pathname + search, nav })
  return c.html(page, status as 200, {
    ...pageHeaders,
    'Content-Language': language,
    ...((user || isPost) && { 'Cache-Control': 'no-store' }),
    ...headers,
  })
}

function memberNav(t: Texts, user: { username: string; role: string }): Html {
  return html`<li><a href="/app/write">${t.write}</a></li>
    <li><a href="/app/mine">${t.mine}</a></li>
    ${user.role === 'admin' && html`<li><a href="/app/admin/users">${t.admin}</a></li>`}
    <li><a href="/app/account" title="${t.account}">${user.username}</a></li>
    <li><form method="post" action="/app/log-out"><button class="plain">${t.logOut}</button></form></li>`
}

function visitorNav(t: Texts): Html {
  return html`<li><a href="/app/log-in">${t.logIn}</a></li><li><a href="/app/register">${t.register}</a></li>`
}

/** A moment, in UTC; with scripts the browser shows it in its own time zone. */
export function moment(iso: string, language: Language, style: 'date' | 'time' = 'date'): Html {
  const options = { dateStyle: 'medium', ...(style === 'time' && { timeStyle: 'short' }), timeZone: 'UTC' } as const
  const text = new Intl.DateTimeFormat(language, options).format(new Date(iso))
  return html`<time datetime="${iso}" data-style="${style}">${text}${style === 'time' && ' UTC'}</time>`
}
