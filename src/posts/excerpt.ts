import { fold, isPlain } from '../text/fold.ts'
import { wordPatterns } from '../text/search-words.ts'

const length = 200

/** The start of a text: one line of at most 200 characters, taken from the first thousand. */
export function excerptOf(text: string): string {
  // Not /\s+/g, which would also replace each single space by itself.
  const line = text
    .slice(0, 1000)
    .replace(/[^\S ]\s*| \s+/g, ' ')
    .trim()
  const start = line.slice(0, 2 * length)
  // Without surrogate pairs, characters are UTF-16 units: cutting these takes a tenth of the time.
  if (!/[\uD800-\uDFFF]/.test(start)) return start.slice(0, length)
  return [...start].slice(0, length).join('').toWellFormed()
}

/**
 * The part of a text around the searched words: one line of at most 200 characters, each hit between `<mark>` and
 * `</mark>`. These two tags are first removed from the author's text, so that every mark in the result is a hit. The
 * rest is plain text, not HTML. `wanted` comes from `wantedTexts`.
 */
export function markedExcerpt(text: string, wanted: readonly string[]): string {
  const line = text
    .replace(/<\/?mark>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
  const hits = findHits(line, wanted)
  const first = hits[0]?.start ?? -1
  // Begin a few words before the first hit, at the start of a word.
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

/** The positions of the words in a text. Compares folded texts, so case, width and accents make no difference. */
function findHits(line: string, wanted: readonly string[]): Hit[] {
  const patterns = wanted.flatMap(wordPatterns).slice(0, 20)
  if (patterns.length === 0) return []
  const { folded, places } = foldWithPlaces(line)
  return Array.from(folded.matchAll(new RegExp(patterns.join('|'), 'gv')), ({ 0: hit, index }) => ({
    start: places?.[index] ?? index,
    end: places?.[index + hit.length] ?? index + hit.length,
  })).filter(({ start, end }) => start < end)
}

/**
 * The folded text, with the original index of each UTF-16 unit and of the end; no `places` if folding moves nothing.
 */
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
