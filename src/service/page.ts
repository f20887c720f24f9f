import { z } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** A page in the document. */
export const HtmlPage = z.string().openapi({
  description: 'HTML for people.',
  minLength: 1,
  maxLength: 1_000_000,
  pattern: '^\\s*<[\\s\\S]*$',
  example: '<!doctype html><title>Gatepost</title>',
})

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** A small page in the house style. */
export function page(title: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Gatepost</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/gatepost.css">
  </head>
  <body><main>${content}</main></body>
</html>`
}

/** Pages load their style from this server and nothing else from anywhere. */
export const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
}

export const pageStyle = `:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
body { margin: 0 }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem }
h1 { line-height: 1.2 }
a { color: light-dark(#0b57d0, #a8c7fa) }
pre { overflow-x: auto; padding: 1rem; border-radius: .5rem; background: light-dark(#f1f3f4, #28292c) }
code { font-family: ui-monospace, monospace; font-size: .9em }
`
