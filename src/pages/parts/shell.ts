import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Language } from '../../errors/language.ts'
import type { Texts } from '../texts/texts.ts'
import { assetPath } from './assets.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

interface Shell {
  title: string
  content: Html
  language: Language
  t: Texts
  /** The path to which the language switch returns. */
  here: string
  nav?: Html
}

/** A whole page with the common layout; it needs no session. */
export function shell({ title, content, language, t, here, nav }: Shell): Html {
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
      <ul><li><a href="/docs">${t.apiDocs}</a></li><li><a href="/openapi.json">OpenAPI</a></li><li><a href="/problems">${t.problems}</a></li></ul>
      <form method="post" action="/app/language" aria-label="${t.languageName}">
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
  return html`<li><a href="/app">${t.posts}</a></li><li><a href="/app/log-in">${t.logIn}</a></li>`
}

// The logo: two posts and a gate between them.
const logo = html`<svg width="22" height="22" viewBox="0 0 20 20" aria-hidden="true"><path d="M3.5 2.5v15M16.5 2.5v15M3.5 6.5h13M3.5 13.5h13M3.5 13.5l13-7" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></svg>`

/** Pages load only files of this server, and nothing inline. */
export const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // Browsers without Sec-Fetch-Site send the Origin of a form only if this policy allows a referrer.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
  Vary: 'Accept-Language, Cookie',
}
