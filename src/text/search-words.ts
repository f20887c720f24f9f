import { kinds, notInWord, type Token, tokensOf } from './tokens.ts'

/** A word of a query, at its position. */
export interface WantedWord {
  word: string
  position: number
  /** Whether it matches all words that begin like this. */
  isPrefix: boolean
}

/**
 * Calls `add` with each word of a text and its position (from 1), and returns the last position. Punctuation separates
 * words.
 *
 * In Korean, Japanese, Chinese, Thai, Lao, Khmer and Burmese, each pair of neighbouring characters is a word, and so is
 * the last character: so any part of a longer word is found. Each emoji and each symbol beyond ASCII is a word. `C++`
 * also counts as `c`; `e-mail`, `Node.js` and `don’t` also count as one word each.
 */
export function placeWords(text: string, add: (word: string, position: number) => void): number {
  const tokens = tokensOf(text)
  let position = 0
  for (let at = 0; at < tokens.length; at++) {
    const { kind, word, full, isLinked } = tokens[at] as Token
    position++
    if (kind === kinds.sticky) {
      position = placePairs(word, position, add)
      continue
    }
    add(word, position)
    if (full !== word) add(full, position)
    if (!isLinked && tokens[at + 1]?.isLinked) {
      const joined = joinedWord(tokens, at)
      if (joined !== undefined) add(joined, position)
    }
  }
  return position
}

function placePairs(run: string, first: number, add: (word: string, position: number) => void): number {
  let position = first
  let start = 0
  for (let next = widthAt(run, 0); next < run.length; ) {
    const end = next + widthAt(run, next)
    add(run.slice(start, end), position++)
    start = next
    next = end
  }
  add(run.slice(start), position)
  return position
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

/**
 * The words to search for a term without spaces, or a phrase in quotation marks. Returns several spellings; in each,
 * the words must have the distances of their positions.
 */
export function wantedWords(typed: string): WantedWord[][] {
  const tokens = tokensOf(typed.replace(scheme, ''))
  const wanted: WantedWord[] = []
  let position = 0
  for (const { kind, word, full } of tokens) {
    if (kind !== kinds.sticky) {
      wanted.push({ word: full, position: ++position, isPrefix: false })
      continue
    }
    const characters = [...word]
    if (characters.length === 1) wanted.push({ word, position: position + 1, isPrefix: true })
    for (let at = 1; at < characters.length; at++)
      wanted.push({
        word: `${characters[at - 1]}${characters[at]}`,
        position: position + at,
        isPrefix: false,
      })
    position += characters.length
  }
  if (wanted.length === 0) return []
  const joined = tokens.slice(1).every(({ isLinked }) => isLinked) ? joinedWord(tokens, 0) : undefined
  return joined === undefined ? [wanted] : [wanted, [{ word: joined, position: 1, isPrefix: false }]]
}

/** Regular expressions (flag v) that find the words of a term in a folded text: whole words, or parts of runs. */
export function wordPatterns(typed: string): string[] {
  return tokensOf(typed.replace(scheme, '')).map(({ kind, full }) => {
    const literal = full.replaceAll('+', '\\+')
    return kind === kinds.letter ? `(?<!${notInWord})${literal}(?!${notInWord})` : literal
  })
}

/** The term without the start of an address, as it may occur in a text. */
export function typedText(typed: string): string {
  return typed.replace(scheme, '').trim()
}

/** The start of an address: terms are found with and without it. */
const scheme = /^\s*(?:https?:\/\/)?(?:www\.)?(?=[\p{L}\p{N}])/iu

/** `e-mail` without its hyphen: two to four linked words that begin with letters. */
function joinedWord(tokens: readonly Token[], first: number): string | undefined {
  let end = first + 1
  while (tokens[end]?.isLinked && end - first <= 4) end++
  if (end - first < 2 || end - first > 4) return undefined
  const words = tokens.slice(first, end).map(({ word }) => word)
  const areNames = tokens
    .slice(first, end)
    .every(({ kind, word }) => kind === kinds.letter && word.length <= 32 && !/^\p{N}/u.test(word))
  return areNames ? words.join('').slice(0, 64).toWellFormed() : undefined
}
