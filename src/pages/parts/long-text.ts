import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Html } from './shell.ts'
import { pause } from './work.ts'

/** The number of characters that are escaped at once. */
const partLength = 2048
/** The number of parts after which other tasks can run: some 2 ms, if every character must be escaped. */
const partsBetweenPauses = 12

/**
 * A text as HTML. For a long text, other requests can run in between. Escaping character by character makes V8 build a
 * tree of as many strings, which the garbage collector copies again and again, so the parts are flattened.
 */
export function longText(text: string): Html {
  return text.length <= partLength ? html`${text}` : inParts(text)
}

async function inParts(text: string): Promise<HtmlEscapedString> {
  let escaped = ''
  for (let start = 0, parts = 0; start < text.length; start += partLength, parts++) {
    if (parts % partsBetweenPauses === 0) await pause()
    const part = String(html`${text.slice(start, start + partLength)}`)
    part.charCodeAt(0) // makes V8 flatten the string
    escaped += part
  }
  return raw(escaped)
}
