import { raw } from 'hono/html'
import type { Tokens } from 'marked'
import type { Html } from './shell.ts'

/** The only tags that may come out, as they are written below and by marked; anything else is a hole. */
const allowed = new RegExp(
  [
    '</?(?:p|blockquote|ul|ol|li|pre|code|em|strong|del|table|thead|tbody|tr|td|th|h[2-6]|a)>',
    '<(?:br|hr)>',
    '<ol start="\\d{1,9}">',
    '<t[hd] align="(?:left|right|center)">',
    '<code class="language-[^"<>\\s]*">',
    '<input (?:checked="" )?disabled="" type="checkbox">',
    '<a rel="nofollow ugc" href="(?:https?://|mailto:|/|#)[^"<>\\s]*"(?: title="[^"<>]*")?>',
  ].join('|'),
  'g',
)

let toHtml: ((source: string) => string) | undefined

/**
 * Markdown as HTML: no HTML of the author's own, no addresses but of the web and of mail, and nothing that loads by
 * itself, so pictures become links. What comes out is checked against the list of allowed tags once more; what does
 * not pass, or is nested too deeply to be read, is shown as it was written.
 */
export async function markdown(source: string): Promise<Html> {
  toHtml ??= await createRenderer()
  try {
    const rendered = toHtml(source)
    if (!rendered.replace(allowed, '').includes('<')) return raw(rendered)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // the stack, on thousands of quotes within quotes
  }
  return raw(`<pre>${escaped(source)}</pre>`)
}

async function createRenderer(): Promise<(source: string) => string> {
  const { Marked } = await import('marked') // only who reads a post waits for it
  const marked = new Marked({
    gfm: true,
    // Without these there is no HTML in Markdown: it is text, and escaped as such.
    tokenizer: { html: () => undefined, tag: () => undefined },
    renderer: {
      heading({ tokens, depth }) {
        const level = Math.min(depth + 1, 6) // the page has its own h1
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`
      },
      link({ href, title, tokens }) {
        return link(href, title, this.parser.parseInline(tokens))
      },
      image({ href, title, text }: Tokens.Image) {
        return link(href, title, escaped(text || href))
      },
      code({ text, lang }) {
        const [language] = /^[\w+#.-]{1,30}/.exec(lang ?? '') ?? []
        return `<pre><code${language ? ` class="language-${language}"` : ''}>${escaped(text)}\n</code></pre>\n`
      },
    },
  })
  return (source) => marked.parse(source, { async: false })
}

function link(href: string, title: string | null | undefined, content: string): string {
  if (!/^(?:https?:\/\/|mailto:|\/(?!\/)|#)/i.test(href)) return content
  const address = escaped(href.replace(/[\s\\]/g, encodeURIComponent))
  return `<a rel="nofollow ugc" href="${address}"${title ? ` title="${escaped(title)}"` : ''}>${content || address}</a>`
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
