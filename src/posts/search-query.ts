/** Scripts whose words are not separated by spaces, or stick to their endings; as in the migrations. */
const run = /[\u0E00-\u0E7F\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7A3]{3,}/g

/**
 * What a person typed, for `websearch_to_tsquery`. Of Korean, Japanese, Chinese and Thai every two
 * neighbouring characters are indexed as a word: longer runs are asked for as the phrase of their pairs.
 */
export function searchQuery(typed: string): string {
  // Odd parts stand between quotation marks, where the pairs are in a phrase already.
  return typed
    .split('"')
    .map((part, index) => part.replace(run, (word) => (index % 2 === 1 ? pairs(word) : `"${pairs(word)}"`)))
    .join('"')
}

/** The words to mark in an excerpt: all that are not excluded, in lower case. */
export function searchWords(typed: string): string[] {
  const words = typed
    .toLowerCase()
    .replace(/(^|\s)-("[^"]*"?|\S+)/g, ' ')
    .split(/[^\p{L}\p{N}\p{M}_]+/u)
  return [...new Set(words.filter((word) => word !== '' && word !== 'or'))].slice(0, 20)
}

function pairs(word: string): string {
  const characters = [...word]
  return characters
    .slice(0, -1)
    .map((character, index) => character + characters[index + 1])
    .join(' ')
}
