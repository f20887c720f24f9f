import { html } from 'hono/html'
import type { Html } from './shell.ts'

/** Links between neighbouring pages; the present page is marked. */
export function tabs(
  label: string,
  here: string,
  links: readonly (readonly [path: string, text: string])[],
): Html {
  const items = links.map(
    ([path, text]) =>
      html`<li><a href="${path}" ${path === here && html`aria-current="page"`}>${text}</a></li>`,
  )
  return html`<nav class="tabs" aria-label="${label}"><ul>${items}</ul></nav>`
}
