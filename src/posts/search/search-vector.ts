import { placeWords } from '../../text/search-words.ts'

export interface SearchableText {
  title: string
  body: string
  tags: readonly string[]
}

/** The changed parts of a post. */
export type ChangedText = { [Part in keyof SearchableText]?: SearchableText[Part] | undefined }

/**
 * Each part of a post has its own weight, for ranking and replacing, and its own range of positions. A tsvector has
 * positions up to 16,383: in a longer text they start again, so that phrases are found there too.
 */
const parts = {
  title: { weight: 'A', first: 1, places: 499 },
  tags: { weight: 'C', first: 501, places: 499 },
  body: { weight: 'B', first: 1001, places: 15_382 },
} as const

/** The gap between the positions of two tags, so that no phrase matches across them. */
const tagGap = 2

/** PostgreSQL keeps at most this many positions of a word. */
const placesPerWord = 255
/** The limit on words and positions, in bytes. PostgreSQL allows 1 MiB. */
const room = 1_000_000

/**
 * The words of the given parts as the text of a tsvector. Words contain neither quotes nor backslashes, so nothing is
 * escaped. If the different words take more than a megabyte, the last ones are left out.
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

/** The weights of the parts that did not change: which words of the stored vector to keep. */
export function keptWeights(text: ChangedText): string[] {
  return Object.entries(parts)
    .filter(([part]) => text[part as keyof SearchableText] === undefined)
    .map(([, { weight }]) => weight)
}
