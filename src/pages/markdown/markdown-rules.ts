import type { RendererRule, Token } from 'markdown-it'
import type { MarkdownEnv } from './markdown-env.ts'

/** Renders the tokens whose HTML must differ from that of markdown-it. */
export const renderRules: Record<string, RendererRule> = {
  heading_open: (tokens, index) => `<${headingOf(tokens[index])}>`,
  heading_close: (tokens, index) => `</${headingOf(tokens[index])}>\n`,
  s_open: () => '<del>',
  s_close: () => '</del>',
  th_open: (tokens, index) => cell(tokens[index]),
  td_open: (tokens, index) => cell(tokens[index]),
  checkbox: (tokens, index) =>
    `<input ${tokens[index]?.content === ' ' ? '' : 'checked="" '}disabled="" type="checkbox"> `,
  fence: (tokens, index) => fence(tokens[index]),
  code_block: (tokens, index) => `<pre><code>${escaped(tokens[index]?.content ?? '')}</code></pre>\n`,
  link_open: (tokens, index, _options, env) => linkOpen(tokens[index], env as MarkdownEnv),
  link_close: () => '</a>',
  image: (tokens, index, options, env, renderer) => {
    const token = tokens[index]
    const children = token?.children ?? []
    const isText = children.every(({ type }) => type === 'text' || type === 'code_inline')
    const text = isText ? renderer.renderInlineAsText(children, options, env) : (token?.content ?? '')
    const address = attribute(token, 'src')
    return `${linkOpen(token, env as MarkdownEnv)}${escaped(text || address)}</a>`
  },
  reference_definition: (tokens, index) => `<p>${escaped(tokens[index]?.content ?? '')}</p>\n`,
}

function attribute(token: Token | undefined, name: string): string {
  return String(token?.attrGet(name) ?? '')
}

/** Headings start at h2, since the page has its own h1. */
function headingOf(token: Token | undefined): string {
  return `h${Math.min(Number(token?.tag.slice(1)) + 1, 6)}`
}

/** Alignment as an attribute: the Content-Security-Policy forbids inline styles. */
function cell(token: Token | undefined): string {
  const [, align] = /^text-align:(\w+)$/.exec(attribute(token, 'style')) ?? []
  return align ? `<${token?.tag} align="${align}">` : `<${token?.tag}>`
}

/** After the opening fence comes the name of a language, or other text that must be kept. */
function fence(token: Token | undefined): string {
  const info = token?.info.trim() ?? ''
  const isLanguage = /^[\w+#.-]{1,30}$/.test(info)
  const line = info === '' || isLanguage ? '' : `<p><code>${escaped(info)}</code></p>\n`
  const className = isLanguage ? ` class="language-${info}"` : ''
  return `${line}<pre><code${className}>${escaped(token?.content ?? '')}</code></pre>\n`
}

/** Counts the length of each address: thousands of links can use one long definition. @throws TooMuchWork */
function linkOpen(token: Token | undefined, { work }: MarkdownEnv): string {
  const address = attribute(token, 'href') || attribute(token, 'src')
  const title = attribute(token, 'title')
  work.count(Math.ceil((address.length + title.length) / 200))
  return `<a rel="nofollow ugc" href="${escaped(address || '#')}"${title ? ` title="${escaped(title)}"` : ''}>`
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text, as it is written in HTML and in its attributes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
