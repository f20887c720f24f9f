import { diffArrays, diffWordsWithSpace } from 'diff'
import { pause } from '../parts/work.ts'

export interface Change {
  value: string
  added: boolean
  removed: boolean
}

/**
 * The comparison takes at most tokens × edits steps (Myers, "An O(ND) difference algorithm"). This many take about 10
 * ms; texts that need more are not compared in detail.
 */
const maxSteps = 250_000
/** Each edit needs further steps; all of them together need the square of their number. */
const maxEdits = 200
/** Steps for comparing the words of all changed lines. */
const maxStepsForWords = 3_000_000

/** The removed and added parts, by words within changed lines; undefined if the texts differ too much. */
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
    const words = steps < maxStepsForWords ? byWords(text, next.value.join('')) : undefined
    steps += maxSteps
    changes.push(...(words ?? replaced(text, next.value.join(''))))
    await pause()
  }
  changes.push(same(one.slice(one.length - end)))
  return changes.filter(({ value }) => value !== '')
}

/** Splitting a long text into words takes longer than comparing the words. */
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
  return Math.min(maxEdits, Math.floor(maxSteps / Math.max(tokens, 1)))
}

/** The lines of a text, with their line ends. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/)
}

/** The number of equal lines at the start of both texts, and of the remaining ones at their end. */
function sharedEnds(one: readonly string[], other: readonly string[]): [start: number, end: number] {
  const max = Math.min(one.length, other.length)
  let start = 0
  while (start < max && one[start] === other[start]) start++
  let end = 0
  while (end < max - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return [start, end]
}
