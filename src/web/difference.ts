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
    partOf(t.fields.title, one.title, other.title, asWhole),
    partOf(t.fields.tags, one.tags.join(', '), other.tags.join(', '), asWhole),
    partOf(t.fields.body, one.body, other.body, inDetail),
  ].filter(({ isSame }) => !isSame)
  if (parts.length === 0) return html`<p>${t.noDifference}</p>`
  return html`${parts.map(
    ({ name, changes }) => html`<h3>${name}</h3>
      <div class="diff" role="group" tabindex="0" aria-label="${name}">${changes.map((change) => shown(t, change))}</div>`,
  )}`
}

function partOf(
  name: string,
  before: string,
  after: string,
  compare: (before: string, after: string) => Part[],
) {
  const isSame = before === after
  return { name, isSame, changes: isSame ? [] : compare(before, after) }
}

/** A line is read quicker as a whole. */
function asWhole(before: string, after: string): Part[] {
  return [{ value: before, removed: true }, { value: '\n' }, { value: after, added: true }]
}

/** By words, else by lines, else as a whole. */
function inDetail(before: string, after: string): Part[] {
  const options = { maxEditLength: mostDifferences }
  return (
    diffWordsWithSpace(before, after, options) ?? diffLines(before, after, options) ?? asWhole(before, after)
  )
}

/** Those who hear the page are told, too, where a change begins. */
function shown(t: Texts, { value, added, removed }: Part): Html {
  if (added) return html`<ins><span class="unseen"> ${t.added}: </span>${value}</ins>`
  if (removed) return html`<del><span class="unseen"> ${t.removed}: </span>${value}</del>`
  return html`${value}`
}
