const length = 200

/**
 * The part of a text where the words are, one line of at most 200 characters, each hit between `<mark>` and
 * `</mark>`. Those two texts are taken from what the author wrote, so that a mark is always ours; all else is
 * plain text and not HTML. The words consist of letters and digits, as `searchWords` gives them.
 */
export function markedExcerpt(text: string, words: readonly string[]): string {
  const line = text
    .replace(/<\/?mark>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
  const hits = words.length > 0 ? new RegExp(words.join('|'), 'giu') : undefined
  const first = hits ? line.search(hits) : -1
  // A few words before the hit, from the beginning of one on.
  const start = first > 60 ? line.indexOf(' ', first - 60) + 1 : 0
  const from = start > 0 && start <= first ? start : Math.max(0, first - 30)
  const part = [...line.slice(from)].slice(0, length).join('').toWellFormed()
  return (from > 0 ? '…' : '') + (hits ? part.replace(hits, '<mark>$&</mark>') : part)
}
