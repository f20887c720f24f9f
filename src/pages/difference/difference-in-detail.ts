import { diffArrays, diffWordsWithSpace } from 'diff'
import { pause } from '../parts/work.ts'

export interface Change {
  value: string
  added: boolean
  removed: boolean
}

/**
 * Comparing takes at most as many steps as tokens × edits (Myers, "An O(ND) difference algorithm"): within so many it
 * takes some 10 ms. Texts that need more are not compared in detail.
 */
const mostSteps = 250_000
/** Every edit costs steps beside those that tokens cost: their square, in all. */
const mostEdits = 200
/** Steps for comparing the words of all changed lines. */
const mostStepsForWords = 3_000_000

/** What was removed and added, by words within changed lines; undefined if the texts differ too much. */
export async function inDetail(before: string, after: string): Promise<Change[] | undefined> {
  if (before === after) return []
  if (before.length + after.length > 5000) await pause()
  const [one, other] = [linesOf(before), linesOf(after)]
  const [start, end] = sharedEnds(one, other)
  const [oldLines, newLines] = [one.slice(start, one.length - end), other.slice(start, other.length - end)]
  const hunks = diffArrays(oldLines, newLines, { maxEditLength: editsFor(oldLines.length + newLines.length) })
  if (!hunks) return undefined
  const changes: Change[] = [same(one.slice(0, start))]
  let steps = 0
  for (const [index, { value, added, removed }] of hunks.entries()) {
    const next = hunks[index + 1]
    const previous = hunks[index - 1]
    if (added && previous?.removed) continue // compared with what it replaces
    const text = value.join('')
    if (!removed || !next?.added) {
      changes.push({ value: text, added, removed })
      continue
    }
    const words = steps < mostStepsForWords ? byWords(text, next.value.join('')) : undefined
    steps += mostSteps
    changes.push(...(words ?? replaced(text, next.value.join(''))))
    await pause()
  }
  changes.push(same(one.slice(one.length - end)))
  return changes.filter(({ value }) => value !== '')
}

/** Splitting long texts into words takes longer than comparing them. */
function byWords(before: string, after: string): Change[] | undefined {
  if (before.length + after.length > 20_000) return undefined
  return diffWordsWithSpace(before, after, { maxEditLength: editsFor((before.length + after.length) / 3) })
}

function replaced(before: string, after: string): Change[] {
  return [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ]
}

function same(lines: readonly string[]): Change {
  return { value: lines.join(''), added: false, removed: false }
}

function editsFor(tokens: number): number {
  return Math.min(mostEdits, Math.floor(mostSteps / Math.max(tokens, 1)))
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/)
}

/** How many lines two texts share at their beginning, and how many of the rest at their end. */
function sharedEnds(one: readonly string[], other: readonly string[]): [start: number, end: number] {
  const most = Math.min(one.length, other.length)
  let start = 0
  while (start < most && one[start] === other[start]) start++
  let end = 0
  while (end < most - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return [start, end]
}
