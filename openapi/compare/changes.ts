/** What changed between two documents, as clients see it. */
export interface Change {
  /** `breaking`: a client that kept to the old document can fail. The others harm nobody. */
  kind: 'breaking' | 'deprecated' | 'added'
  /** The operation, as `GET /posts`. */
  where: string
  what: string
}

// biome-ignore lint/suspicious/noExplicitAny: a document that another version of this program wrote
export type Json = Record<string, any>

/** Follows references to other places of the document. */
export function resolver(document: Json) {
  return (value: Json): Json => {
    let found = value
    while (typeof found?.$ref === 'string') {
      const path = found.$ref.slice(2).split('/')
      found = path.reduce((part: Json, name: string) => part?.[name.replaceAll('~1', '/')], document) as Json
    }
    return found
  }
}
