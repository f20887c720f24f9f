import { placeWords } from '../../text/search-words.ts'

export interface SearchableText {
  title: string
  body: string
  tags: readonly string[]
}

/** Of a change, what is changed. */
export type ChangedText = { [Part in keyof SearchableText]?: SearchableText[Part] | undefined }

/**
 * Each part of a post has a weight, by which it is ranked and replaced, and places of its own. A tsvector knows 16,383
 * places: beyond them counting begins again, so that phrases are found in long texts, too.
 */
const parts = {
  title: { weight: 'A', first: 1, places: 499 },
  tags: { weight: 'C', first: 501, places: 499 },
  body: { weight: 'B', first: 1001, places: 15_382 },
} as const

/** Between two tags, so that no phrase spans them. */
const tagGap = 2

/** Places that PostgreSQL keeps of a word. */
const placesPerWord = 255
/** Bytes of words and places together; a tsvector has 1 MiB. */
const room = 1_000_000

/**
 * The words of the given parts as the text of a tsvector; its words contain neither quotes nor backslashes. Only of
 * texts whose different words take more than a megabyte the last words are missing.
 */
export function searchVector(text: ChangedText): string {
  const vector = new Map<string, { places: string; count: number }>()
  let bytes = 0
  const addPart = (part: keyof typeof parts, value: string, offset = 0) => {
    const { weight, first, places } = parts[part]
    return placeWords(value, (word, position) => {
      const place = first + ((position + offset - 1) % places)
      const entry = vector.get(word)
      if (entry === undefined) {
        bytes += 3 * word.length + 6
        if (bytes <= room) vector.set(word, { places: `${word}:${place}${weight}`, count: 1 })
      } else if (entry.count < placesPerWord) {
        bytes += 2
        entry.places += `,${place}${weight}`
        entry.count++
      }
    })
  }
  if (text.title !== undefined) addPart('title', text.title)
  let offset = 0
  for (const tag of text.tags ?? []) offset += addPart('tags', tag, offset) + tagGap
  if (text.body !== undefined) addPart('body', text.body)
  let all = ''
  for (const { places } of vector.values()) all += all === '' ? places : ` ${places}`
  return all
}

/** Weights of the parts that are not in a text: what to keep of the vector when these are replaced. */
export function keptWeights(text: ChangedText): string[] {
  return Object.entries(parts)
    .filter(([part]) => text[part as keyof SearchableText] === undefined)
    .map(([, { weight }]) => weight)
}
