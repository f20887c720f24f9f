import type { Database } from '../../db/database.ts'
import { singleFlight } from '../../db/fast-path/single-flight.ts'
import { textHash } from '../../http/text-hash.ts'
import { type ListPosts, listPosts, type SummaryRow } from './list-posts.ts'

interface PageRequest extends ListPosts {
  /** The URL with all parameters. Together with `variant`, it contains everything that the page depends on. */
  url: string
  /** The selected fields, if not all. */
  variant: string | undefined
}

interface PostsPage<Body> {
  /** Changes whenever a post of the page changes (RFC 9110, section 8.8.3). */
  tag: string
  body(): Body
}

/**
 * The pages of `GET /posts`. Concurrent requests for one URL share the query and the body, which `render` builds when
 * the first of them needs it.
 */
export function postsPages<Body>() {
  const inFlight = singleFlight<PostsPage<Body>>()
  return (
    db: Database,
    { url, variant = '', ...list }: PageRequest,
    render: (rows: SummaryRow[]) => Body,
  ): Promise<PostsPage<Body>> => {
    const key = `${url} ${variant}`
    return inFlight(db, key, async () => {
      const rows = await listPosts(db, { ...list, limit: list.limit + 1 })
      return { tag: tagOfPage(rows, key), body: once(() => render(rows)) }
    })
  }
}

function tagOfPage(rows: readonly SummaryRow[], request: string): string {
  const versions = rows.map((row) => `${row.id}.${row.version}.${row.authorVersion}.${row.commentCount}`)
  return `"${textHash(`${request} ${versions.join(' ')}`)}"`
}

/** Calls `make` at the first call and returns the same result at later calls. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
