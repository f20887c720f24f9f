import { diffLines, diffWordsWithSpace } from 'diff'
import { html } from 'hono/html'
import type { Html } from './shell.ts'
import type { Texts } from './texts.ts'

interface Version {
  title: string
  body: string
  tags: readonly string[]
}

interface Part {
  value: string
  added?: boolean
  removed?: boolean
}

/** Beyond so many differences nobody reads them, and finding them takes time that grows with their square. */
const mostDifferences = 3000

/** What would have to be removed from one version and added to it to make the other. */
export function difference(t: Texts, one: Version, other: Version): Html {
  const parts = [
    [t.fields.title, one.title, other.title],
    [t.fields.tags, one.tags.join(', '), other.tags.join(', ')],
    [t.fields.body, one.body, other.body],
  ].filter(([, before, after]) => before !== after)
  if (parts.length === 0) return html`<p>${t.noDifference}</p>`
  return html`${parts.map(
    ([name = '', before = '', after = '']) => html`<h3>${name}</h3>
      <div class="diff" role="group" tabindex="0" aria-label="${name}">${partsOf(before, after).map((part) => shown(t, part))}</div>`,
  )}`
}

/** By words, else by lines, else as a whole. */
function partsOf(before: string, after: string): Part[] {
  const options = { maxEditLength: mostDifferences }
  return (
    diffWordsWithSpace(before, after, options) ??
    diffLines(before, after, options) ?? [
      { value: before, removed: true },
      { value: after, added: true },
    ]
  )
}

/** Those who hear the page are told, too, where a change begins. */
function shown(t: Texts, { value, added, removed }: Part): Html {
  if (added) return html`<ins><span class="unseen"> ${t.added}: </span>${value}</ins>`
  if (removed) return html`<del><span class="unseen"> ${t.removed}: </span>${value}</del>`
  return html`${value}`
}
