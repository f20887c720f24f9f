import { commonWords, publishedSecrets } from './known-secrets.ts'

/**
 * The fewest bits of information that a secret must seem to have. Generators give 128 or more (`openssl rand -hex 16`),
 * of which the estimate loses at most a third; examples and patterns have far less.
 */
const minBits = 80

/**
 * Whether a secret can be guessed: because it is published, follows a pattern, or consists of words of examples. The
 * estimate is the shortest description of its text, or of the text behind hexadecimal or base64, by repetitions,
 * sequences, known words and single characters. It finds weak secrets, but cannot prove that a secret is good.
 */
export function isGuessable(text: string): boolean {
  return [text, ...decodings(text)].some(
    (form) => isPublished(form) || bitsOf(form) < minBits || bitsOfHalves(form) < minBits,
  )
}

function isPublished(text: string): boolean {
  const small = text.toLowerCase()
  return publishedSecrets.some((beginning) => small.includes(beginning))
}

/** The texts that this text may encode, also through several encodings. */
function decodings(text: string, depth = 3): string[] {
  if (depth === 0) return []
  const decoded = [fromHex(text), fromBase64(text)].filter((form) => form !== undefined)
  return decoded.flatMap((form) => [form, ...decodings(form, depth - 1)])
}

function fromHex(text: string): string | undefined {
  const digits = text.replaceAll(/[\s:-]/g, '')
  if (!/^([0-9a-f]{2}){8,}$/i.test(digits)) return undefined
  return digits.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))
}

function fromBase64(text: string): string | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (!/^[\w+/]{12,}$/.test(standard) || standard.length % 4 === 1) return undefined
  return atob(standard)
}

/** Longer secrets are cut: a good start is enough, and the work grows with the length. */
const longest = 512

/** The cost in bits of a repetition of any length, and of a sequence such as 4567 or qwer. */
const bitsOfRepetition = 7
const bitsOfRun = 8

/** Estimates the information in a text, in bits: the cost of its cheapest description. */
function bitsOf(secret: string): number {
  const text = secret.slice(0, longest).toLowerCase()
  const single = bitsOfCharacters(secret.slice(0, longest))
  const cost = [0]
  for (let end = 1; end <= text.length; end++) {
    const options = [[1, isRepeatedSeparator(text, end - 1) ? 1 : single], ...piecesBefore(text, end)]
    cost.push(Math.min(...options.map(([length = 0, bits = 0]) => (cost[end - length] ?? 0) + bits)))
  }
  return cost.at(-1) ?? 0
}

/** The ways to describe the characters before `end` as one piece: their number and the cost in bits. */
function piecesBefore(text: string, end: number): [length: number, bits: number][] {
  const pieces: [number, number][] = []
  const before = (length: number) => text.slice(end - length, end)
  for (let length = 3; length <= end && isRepetition(text, end - length, before(length)); length++)
    pieces.push([length, bitsOfRepetition])
  for (let length = 3; length <= end && isRun(before(length)); length++) pieces.push([length, bitsOfRun])
  for (const { word, bits } of wordsByEnd.get(unleet(text[end - 1] ?? '')) ?? [])
    if (word.length <= end && endsWith(text, end, word)) pieces.push([word.length, bits])
  return pieces
}

/** A repeated separator, such as the second - of "one-two-three", adds no information. */
function isRepeatedSeparator(text: string, place: number): boolean {
  const character = text[place] ?? ''
  return /[!-/:-@[-`{-~ ]/.test(character) && text.indexOf(character) < place
}

/** The same estimate for two interleaved texts, such as 00112233 or 0f1e2d3c. */
function bitsOfHalves(secret: string): number {
  const every = (parity: number) => [...secret].filter((_, place) => place % 2 === parity).join('')
  return bitsOf(every(0)) + bitsOf(every(1))
}

/** Whether the part also occurs further left. Both may overlap, as in a repetition of one letter. */
function isRepetition(text: string, start: number, part: string): boolean {
  const before = text.indexOf(part)
  return before !== -1 && before < start
}

/** The alphabet, the digits and the rows of keyboards, in both directions. */
const rows = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qwertzuiop',
  '1234567890',
  '1qaz2wsx3edc4rfv5tgb',
]
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))]

/** Whether all neighbours have the same distance, or the part lies on a row of a keyboard. */
function isRun(part: string): boolean {
  const step = part.charCodeAt(1) - part.charCodeAt(0)
  let isEven = Math.abs(step) <= 2
  for (let at = 2; isEven && at < part.length; at++)
    isEven = part.charCodeAt(at) - part.charCodeAt(at - 1) === step
  return isEven || runs.some((run) => run.includes(part))
}

/** The cost of a known word. Random letters contain short words by chance, so short ones save little. */
const bitsOfWord = (word: string) => (word.length <= 2 ? 6 : 5)

const words = commonWords.map((word) => ({ word, bits: bitsOfWord(word) }))

/** Digits and symbols that stand for letters, as in p4ssw0rd. */
const letters: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}

function unleet(character: string): string {
  return letters[character] ?? character
}

const wordsByEnd = Map.groupBy(words, ({ word }) => unleet(word.at(-1) ?? ''))

function endsWith(text: string, end: number, word: string): boolean {
  const start = end - word.length
  if (text.startsWith(word, start)) return true
  if (word.length < 4) return false
  for (let at = 0; at < word.length; at++) if (unleet(text[start + at] ?? '') !== word[at]) return false
  return true
}

/** The number of possible characters, by the kind of text. */
const alphabets: [RegExp, number][] = [
  [/^\d*$/, 10],
  [/^[\da-f-]*$/i, 16],
  [/^[a-z]*$/, 26],
  [/^[A-Z]*$/, 26],
  [/^[a-z\d]*$|^[A-Z\d]*$/, 36],
  [/^[a-zA-Z]*$/, 52],
  [/^[\w+/=-]*$/, 64],
  [/^[ -~]*$/, 95],
]

/** The cost of one character: that of its alphabet, or less if the text uses only a small part of it. */
function bitsOfCharacters(text: string): number {
  const size = alphabets.find(([pattern]) => pattern.test(text))?.[1] ?? 256
  const distinct = new Set(text).size
  const expected = size * (1 - (1 - 1 / size) ** text.length)
  return Math.log2(distinct >= expected * 0.6 ? size : Math.max(distinct, 1))
}
