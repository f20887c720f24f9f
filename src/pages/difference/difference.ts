import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { longText } from '../parts/long-text.ts'
import type { Html } from '../parts/shell.ts'
import type { Texts } from '../texts/texts.ts'
import { type Change, inDetail } from './difference-in-detail.ts'

interface Version {
  title: string
  body: string
  tags: readonly string[]
}

/** The changes from one version to the other. */
export async function difference(t: Texts, one: Version, other: Version): Promise<HtmlEscapedString> {
  const body = await inDetail(one.body, other.body)
  const parts = [
    partOf(t.fields.title, one.title, other.title),
    partOf(t.fields.tags, one.tags.join(', '), other.tags.join(', ')),
    { ...partOf(t.fields.body, one.body, other.body), ...(body && { changes: body }) },
  ].filter(({ changes }) => changes.length > 0)
  if (parts.length === 0) return html`<p>${t.noDifference}</p>`
  return html`${parts.map(
    ({ name, changes }) => html`<h3>${name}</h3>
      ${name === t.fields.body && !body && html`<p class="hint">${t.tooDifferent}</p>`}
      <div class="diff" role="group" tabindex="0" aria-label="${name}">${changes.map((change) => shown(t, change))}</div>`,
  )}`
}

/** A title or a list of tags is easier to read as a whole than word by word. */
function partOf(name: string, before: string, after: string) {
  return { name, changes: before === after ? [] : replacedWhole(before, after) }
}

function replacedWhole(before: string, after: string): Change[] {
  return [
    { value: before, removed: true, added: false },
    { value: '\n', removed: false, added: false },
    { value: after, removed: false, added: true },
  ]
}

/** A change, with words for screen readers that say where it begins. */
function shown(t: Texts, { value, added, removed }: Change): Html {
  if (added) return html`<ins><span class="unseen"> ${t.added}: </span>${longText(value)}</ins>`
  if (removed) return html`<del><span class="unseen"> ${t.removed}: </span>${longText(value)}</del>`
  return longText(value)
}
