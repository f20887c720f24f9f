import { confusables } from './unicode.generated.ts'

let prototypes: Map<string, string> | undefined

/** Parsed when a username is chosen, not at start, since a log-in does not need it. */
function parsePrototypes(): Map<string, string> {
  const pairs = confusables.split('\n').flatMap((line) => {
    const [prototype = '', lookAlikes = ''] = line.split(' ')
    return [...lookAlikes].map((character) => [character, prototype] as const)
  })
  return new Map(pairs)
}

/**
 * The look-alike form of a username: two names with one skeleton can be confused (UTS #39, section 4). `username` must
 * be canonical, as `canonicalUsername` returns it. Beyond the standard, case is ignored in the result (so 0 and o look
 * alike), the dot of i and j is dropped, and the two forms of sigma are equal. Only for comparing, never for showing.
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
