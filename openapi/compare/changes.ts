/** A change between two documents, from the view of clients. */
export interface Change {
  /** `breaking`: a client of the old document can fail. Other changes are harmless. */
  kind: 'breaking' | 'deprecated' | 'added'
  /** The operation, such as `GET /posts`. */
  where: string
  what: string
}

// biome-ignore lint/suspicious/noExplicitAny: a document from another version of this program
export type Json = Record<string, any>

/** Resolves references within the document. */
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
