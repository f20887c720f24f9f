import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Html } from './shell.ts'
import { pause } from './work.ts'

/** Characters that are escaped at once. */
const partLength = 2048
/** Parts after which others get a chance to run: some 2 ms, if every character must be escaped. */
const partsBetweenPauses = 12

/**
 * A text as HTML that lets other requests run where it is long. What is escaped character by character is a tree of as
 * many pieces, which the collector of garbage copies while it grows, so it is made of parts that are flat.
 */
export function longText(text: string): Html {
  return text.length <= partLength ? html`${text}` : inParts(text)
}

async function inParts(text: string): Promise<HtmlEscapedString> {
  let escaped = ''
  for (let start = 0, parts = 0; start < text.length; start += partLength, parts++) {
    if (parts % partsBetweenPauses === 0) await pause()
    const part = String(html`${text.slice(start, start + partLength)}`)
    part.charCodeAt(0) // makes it flat
    escaped += part
  }
  return raw(escaped)
}
