import { fold, isPlain } from '../text/fold.ts'
import { wordPatterns } from '../text/search-words.ts'

const length = 200

/** How a text begins: one line of at most 200 characters out of its first thousand. */
export function excerptOf(text: string): string {
  const line = text.slice(0, 1000).replace(/\s+/g, ' ').trim()
  return [...line.slice(0, 2 * length)].slice(0, length).join('').toWellFormed()
}

/**
 * The part of a text where the words are, one line of at most 200 characters, each hit between `<mark>` and
 * `</mark>`. Those two texts are taken from what the author wrote, so that a mark is always ours; all else is
 * plain text and not HTML. `wanted` is what was searched for, as `wantedTexts` gives it.
 */
export function markedExcerpt(text: string, wanted: readonly string[]): string {
  const line = text
    .replace(/<\/?mark>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
  const hits = findHits(line, wanted)
  const first = hits[0]?.start ?? -1
  // A few words before the hit, from the beginning of one on.
  const start = first > 60 ? line.indexOf(' ', first - 60) + 1 : 0
  const from = start > 0 && start <= first ? start : Math.max(0, first - 30)
  const end = from + [...line.slice(from, from + 2 * length)].slice(0, length).join('').length
  let excerpt = from > 0 ? '…' : ''
  let done = from
  for (const hit of hits) {
    if (hit.start >= end) break
    const hitEnd = Math.min(hit.end, end)
    excerpt += `${line.slice(done, hit.start)}<mark>${line.slice(hit.start, hitEnd)}</mark>`
    done = hitEnd
  }
  return (excerpt + line.slice(done, end)).toWellFormed()
}

interface Hit {
  start: number
  end: number
}

/** Where the words are in a text, whatever their case, width and accents: sought in the folded text. */
function findHits(line: string, wanted: readonly string[]): Hit[] {
  const patterns = wanted.flatMap(wordPatterns).slice(0, 20)
  if (patterns.length === 0) return []
  const { folded, places } = foldWithPlaces(line)
  return Array.from(folded.matchAll(new RegExp(patterns.join('|'), 'gv')), ({ 0: hit, index }) => ({
    start: places?.[index] ?? index,
    end: places?.[index + hit.length] ?? index + hit.length,
  })).filter(({ start, end }) => start < end)
}

/** A folded text, and where each of its units and its end were before; without it where nothing has moved. */
function foldWithPlaces(line: string): { folded: string; places?: number[] } {
  if (isPlain(line)) return { folded: fold(line) }
  let folded = ''
  const places: number[] = []
  for (const { 0: cluster, index } of line.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    const part = fold(cluster)
    folded += part
    for (let n = 0; n < part.length; n++) places.push(index)
  }
  places.push(line.length)
  return { folded, places }
}
