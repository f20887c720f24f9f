import { commonWords, publishedSecrets } from './known-secrets.ts'

/**
 * The fewest bits that a secret must seem to hold. Generators give 128 or more (`openssl rand -hex 16`), of which the
 * estimate never loses a third by chance; examples and patterns stay far below.
 */
const leastBits = 80

/**
 * Whether a secret could be guessed: it is published, a pattern, or made of the words of examples. The estimate is
 * the shortest description of its text by repetitions, sequences, known words and single characters, also of the
 * text behind hexadecimal or base64. It finds what holds next to nothing; it cannot prove that a secret is good.
 */
export function isGuessable(text: string): boolean {
  return [text, ...decodings(text)].some(
    (form) => isPublished(form) || bitsOf(form) < leastBits || bitsOfHalves(form) < leastBits,
  )
}

function isPublished(text: string): boolean {
  const small = text.toLowerCase()
  return publishedSecrets.some((beginning) => small.includes(beginning))
}

/** What the text may be an encoding of, down to the encoding of an encoding. */
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

/** Longer ones are cut: the beginning of a good secret is good enough, and the work grows with the length. */
const longest = 512

/** Bits for a repetition, whatever it repeats, and for a run such as 4567 or qwer. */
const bitsOfRepetition = 7
const bitsOfRun = 8

/** An estimate of the information in a text, in bits: the cheapest way to put it together. */
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

/** All ways to explain the characters before `end` at once: how many of them, and for how many bits. */
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

/** A sign between words, such as the second - of "one-two-three", tells nothing new. */
function isRepeatedSeparator(text: string, place: number): boolean {
  const character = text[place] ?? ''
  return /[!-/:-@[-`{-~ ]/.test(character) && text.indexOf(character) < place
}

/** The same for a text of two that take turns, such as 00112233 or 0f1e2d3c. */
function bitsOfHalves(secret: string): number {
  const every = (parity: number) => [...secret].filter((_, place) => place % 2 === parity).join('')
  return bitsOf(every(0)) + bitsOf(every(1))
}

/** Whether the part stands further left too; it may overlap with itself, as the repetition of one letter does. */
function isRepetition(text: string, start: number, part: string): boolean {
  const before = text.indexOf(part)
  return before !== -1 && before < start
}

/** Alphabet, digits and rows of keyboards, both ways. */
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

/** Whether the distance between neighbours is the same throughout, or a row of a keyboard has the part. */
function isRun(part: string): boolean {
  const step = part.charCodeAt(1) - part.charCodeAt(0)
  let isEven = Math.abs(step) <= 2
  for (let at = 2; isEven && at < part.length; at++)
    isEven = part.charCodeAt(at) - part.charCodeAt(at - 1) === step
  return isEven || runs.some((run) => run.includes(part))
}

/** Bits of a known word: by chance random letters hold short ones, so these must not save much. */
const bitsOfWord = (word: string) => (word.length <= 2 ? 6 : 5)

const words = commonWords.map((word) => ({ word, bits: bitsOfWord(word) }))

/** Digits and signs that stand for letters, as in p4ssw0rd. */
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

/** How many characters there are to choose from, by what the text is made of. */
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

/** Bits of one character: those of its alphabet, but fewer where much of the alphabet is never used. */
function bitsOfCharacters(text: string): number {
  const size = alphabets.find(([pattern]) => pattern.test(text))?.[1] ?? 256
  const distinct = new Set(text).size
  const expected = size * (1 - (1 - 1 / size) ** text.length)
  return Math.log2(distinct >= expected * 0.6 ? size : Math.max(distinct, 1))
}
