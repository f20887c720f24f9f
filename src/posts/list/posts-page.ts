import { quickHash } from '../../http/quick-hash.ts'
import type { SummaryRow } from './list-posts.ts'

/** The tag of a page of posts (RFC 9110, section 8.8.3): another one when any of them has changed. */
export function tagOfPage(rows: readonly SummaryRow[], request: string): string {
  const versions = rows.map((row) => `${row.id}.${row.version}.${row.authorVersion}.${row.commentCount}`)
  return `"${quickHash(`${request} ${versions.join(' ')}`)}"`
}

/** Calls it when first asked, and remembers what it gave. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
