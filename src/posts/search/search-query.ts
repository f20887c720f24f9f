import { type WantedWord, wantedWords } from '../../text/search-words.ts'

/** A part of the search text: one word or phrase, to be included or excluded. */
interface Term {
  text: string
  isExcluded: boolean
  /** Whether OR precedes it. */
  isAlternative: boolean
}

/** The limit on different terms; further ones are ignored. A thousand characters could contain five hundred. */
const maxTerms = 100

/**
 * Converts a search text to the text of a tsquery; undefined if it contains no word. Supports "quoted phrases", OR
 * between words, and a hyphen before excluded words. No input is an error.
 */
export function searchQuery(typed: string): string | undefined {
  const alternatives: string[][] = [[]]
  for (const { text, isExcluded, isAlternative } of termsOf(typed)) {
    const ways = wantedWords(text).map(phraseOf)
    if (ways.length === 0) continue
    if (isAlternative && alternatives.at(-1)?.length !== 0) alternatives.push([])
    const term = ways.length > 1 ? `(${ways.join(' | ')})` : ways.join('')
    alternatives.at(-1)?.push(isExcluded ? `!(${term})` : term)
  }
  const found = alternatives
    .filter((terms) => terms.length > 0)
    .map((terms) => [...new Set(terms)].join(' & '))
  return found.length > 0 ? found.join(' | ') : undefined
}

/** The included terms of a search text, for marking them in excerpts. */
export function wantedTexts(typed: string): string[] {
  return termsOf(typed)
    .filter(({ isExcluded }) => !isExcluded)
    .map(({ text }) => text)
}

function termsOf(typed: string): Term[] {
  const terms: Term[] = []
  let isAlternative = false
  for (const [part, minus, phrase] of typed.matchAll(/(-?)"([^"]*)"?|[^\s"]+/g)) {
    if (part.toLowerCase() === 'or') {
      isAlternative = terms.length > 0
      continue
    }
    const isExcluded = phrase === undefined ? part.startsWith('-') : minus === '-'
    terms.push({ text: phrase ?? part, isExcluded, isAlternative })
    isAlternative = false
  }
  return terms.slice(0, maxTerms)
}

/**
 * Words that must follow each other as they do in the search text. Within quotes, a tsquery has no special characters.
 */
function phraseOf(words: readonly WantedWord[]): string {
  let phrase = ''
  let before: WantedWord | undefined
  for (const word of words) {
    const quoted = `'${word.word}'${word.isPrefix ? ':*' : ''}`
    phrase += before === undefined ? quoted : ` <${word.position - before.position}> ${quoted}`
    before = word
  }
  return words.length > 1 ? `(${phrase})` : phrase
}
