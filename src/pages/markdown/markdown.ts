import { html, raw } from 'hono/html'
import type { MarkdownIt, Token } from 'markdown-it'
import { longText } from '../parts/long-text.ts'
import type { Html } from '../parts/shell.ts'
import { TooMuchWork, Work } from '../parts/work.ts'
import type { Texts } from '../texts/texts.ts'
import type { MarkdownEnv } from './markdown-env.ts'
import { keepSpareCells, keepUnusedDefinitions, markTask } from './markdown-kept.ts'

/** The only tags that the rules write. Any other tag in the output would be a security hole. */
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
  'gi',
)

let parsers: { plain: MarkdownIt; linking: MarkdownIt } | undefined

/**
 * Converts Markdown to HTML (CommonMark, tables, task lists, strikethrough, bare addresses). The result contains no
 * HTML of the author, only addresses of the web, of mail and of this site, and nothing that loads by itself: pictures
 * become links. Nothing is left out: whatever has no meaning in Markdown stays as text.
 *
 * The output is checked again against the list of allowed tags. A text that fails this check or needs too much work is
 * shown as it was written, with a note. Every few milliseconds, other requests can run.
 */
export async function markdown(source: string, t: Pick<Texts, 'shownAsWritten'>): Promise<Html> {
  try {
    const rendered = await render(source.replace(/\r\n?/g, '\n'))
    if (rendered !== undefined) return raw(rendered)
  } catch (error) {
    if (!(error instanceof TooMuchWork)) throw error
  }
  return html`<p class="hint">${t.shownAsWritten}</p><pre class="kept">${longText(source)}</pre>`
}

/** The HTML; undefined if it contains a forbidden tag. @throws TooMuchWork */
async function render(source: string): Promise<string | undefined> {
  const { createParser, parseBlocks, parseInline } = await import('./markdown-parser.ts') // loaded only for those who read a post
  parsers ??= { plain: createParser({ linkify: false }), linking: createParser({ linkify: true }) }
  const work = new Work()
  if (source.length > 5000) await work.pause()
  const env: MarkdownEnv = { work, counted: 0 }
  const tokens = await parseBlocks(parsers.plain, source, env)
  const lines = source.split('\n')
  keepSpareCells(tokens, lines)
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'inline') continue
    work.count(Math.ceil(token.content.length / 50))
    parseInline(hasFewAddresses(token.content) ? parsers.linking : parsers.plain, token, env)
    if (tokens[index - 2]?.type === 'list_item_open') markTask(token)
    if (work.isPauseDue) await work.pause()
  }
  keepUnusedDefinitions(tokens, lines)
  let html = ''
  for (const block of topBlocks(tokens)) {
    const part = parsers.plain.renderer.render(block, parsers.plain.options, env)
    if (part.replace(allowed, '').includes('<')) return undefined
    html += part
    work.count(Math.ceil(part.length / 200))
    if (work.isPauseDue) await work.pause()
  }
  return html
}

/** Finding bare addresses is the slowest step. A text with very many gets links only for addresses in <>. */
function hasFewAddresses(text: string): boolean {
  return (text.match(/@|:\/\/|www\./gi)?.length ?? 0) <= 200
}

/** The tokens of one top-level block after another. */
function* topBlocks(tokens: Token[]): Generator<Token[]> {
  let start = 0
  for (const [index, { level, nesting }] of tokens.entries()) {
    if (level !== 0 || nesting === 1) continue
    yield tokens.slice(start, index + 1)
    start = index + 1
  }
}
