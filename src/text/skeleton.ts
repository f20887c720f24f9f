import { confusables } from './unicode.generated.ts'

let prototypes: Map<string, string> | undefined

/** Parsed when the first name is chosen, not at start: logging in needs none of it. */
function parsePrototypes(): Map<string, string> {
  const pairs = confusables.split('\n').flatMap((line) => {
    const [prototype = '', lookAlikes = ''] = line.split(' ')
    return [...lookAlikes].map((character) => [character, prototype] as const)
  })
  return new Map(pairs)
}

/**
 * What a username looks like: two names with the same skeleton can be taken for one another (UTS #39, section 4).
 * `username` is canonical, as `toUsername` gives it. Beyond the standard, capitals and small letters of a prototype
 * count as one (so 0 and o look alike), a dot above i or j is nothing, and the two forms of sigma are one. The result is for
 * comparing alone, never for showing.
 */
export function skeletonOf(username: string): string {
  prototypes ??= parsePrototypes()
  const table = prototypes
  const decomposed = username
    .normalize('NFD')
    .replace(/(?<=[ij])\u0307/g, '')
    .replaceAll('ς', 'σ')
  return Array.from(decomposed, (character) => table.get(character) ?? character)
    .join('')
    .normalize('NFD')
}
