import { fold } from './fold.ts'

/** The classes of characters in a search. */
export const kinds = { gap: 1, letter: 2, sticky: 3, symbol: 4, flag: 5 } as const
type Kind = (typeof kinds)[keyof typeof kinds]

export interface Token {
  kind: Kind
  word: string
  /** With the symbols that belong to it: `C++` for the word `c`. */
  full: string
  /** Whether exactly one hyphen, dot or apostrophe separates it from the token before. */
  isLinked: boolean
}

/** Maximum length of a word in characters; longer words are truncated. */
const longest = 64

/** Scripts without spaces between words, or whose words stick to their endings. */
const sticky =
  '[[\\p{sc=Han}\\p{sc=Hangul}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Bopomofo}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}ー\\u3099\\u309A]&&[\\p{L}\\p{M}\\p{N}]]'
/** Matches a character that would continue a word of another script: none may be next to a whole word. */
export const notInWord = `[[\\p{L}\\p{M}\\p{N}]--${sticky}]`
const isSticky = new RegExp(`^${sticky}$`, 'v')
const isLetter = /^[\p{L}\p{M}\p{N}]$/v
const isFlag = /^\p{RI}$/v
const isSymbol = /^[\p{S}--[\p{ASCII}\p{Sk}\u2044]]$/v
const links = new Set("-.'’‐‑")

/** A cache of the class of each character: the regular expressions take ten times as long. */
const known = new Uint8Array(0x11_0000)

function kindOf(code: number): Kind {
  const kind = known[code] as Kind | 0
  if (kind !== 0) return kind
  const character = String.fromCodePoint(code)
  let found: Kind = kinds.gap
  if (isSticky.test(character)) found = kinds.sticky
  else if (isLetter.test(character)) found = kinds.letter
  else if (isFlag.test(character)) found = kinds.flag
  else if (isSymbol.test(character)) found = kinds.symbol
  known[code] = found
  return found
}

/** The folded tokens of a text, in order: runs of letters, runs of sticky scripts, single symbols. */
export function tokensOf(text: string): Token[] {
  const folded = fold(decoded(text))
  const tokens: Token[] = []
  let end = -1
  let start = 0
  while (start < folded.length) {
    const code = folded.codePointAt(start) ?? 0
    const kind = kindOf(code)
    if (kind === kinds.gap) {
      start += width(code)
      continue
    }
    const wordEnd = endOfWord(folded, start + width(code), kind)
    const whole = folded.slice(start, wordEnd)
    const word = kind === kinds.letter ? cut(whole) : whole
    const fullEnd = kind === kinds.letter ? endOfSuffix(folded, wordEnd) : wordEnd
    tokens.push({
      kind,
      word,
      full: fullEnd === wordEnd ? word : word + folded.slice(wordEnd, fullEnd),
      isLinked: end === start - 1 && links.has(folded[end] ?? ''),
    })
    end = fullEnd
    start = fullEnd
  }
  return tokens
}

/** Letters form runs, flags are pairs, and each other symbol is a token. */
function endOfWord(text: string, from: number, kind: Kind): number {
  if (kind === kinds.symbol) return from
  return kind === kinds.flag ? endOfFlag(text, from) : endOfRun(text, from, kind)
}

function endOfRun(text: string, from: number, kind: Kind): number {
  let at = from
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    if (kindOf(code) !== kind) break
    at += width(code)
  }
  return at
}

/** A flag consists of two regional indicators. */
function endOfFlag(text: string, from: number): number {
  const code = text.codePointAt(from)
  return code !== undefined && kindOf(code) === kinds.flag ? from + width(code) : from
}

/** C++, C#, Google+: symbols that belong to the name before them. */
function endOfSuffix(text: string, at: number): number {
  const sign = text[at]
  if (sign !== '+' && sign !== '#') return at
  if (sign === '+' && text[at + 1] === '+') return at + 2
  const next = text.codePointAt(at + 1)
  return next === undefined || kindOf(next) === kinds.gap ? at + 1 : at
}

function width(code: number): number {
  return code > 0xffff ? 2 : 1
}

function cut(word: string): string {
  if (word.length <= longest) return word
  return word.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')
}

/** Addresses copied from a browser contain percent-encoded UTF-8 instead of letters beyond ASCII. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[89A-F][0-9A-F])+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded
    }
  })
}
