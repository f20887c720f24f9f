import { type SQL, sql } from 'drizzle-orm'
import { tagKey } from '../../text/tag-key.ts'
import { excerptOf } from '../excerpt.ts'
import { posts } from '../posts.table.ts'
import { type ChangedText, keptWeights, type SearchableText, searchVector } from './search-vector.ts'

/**
 * The version of the indexing rules. If you change the result of `searchVector` or `excerptOf`, add a migration that
 * sets `search_rules` of all posts to null: `indexPosts` then indexes them again.
 */
export const searchRules = 1

// The service makes the words and the excerpt, not the database: there the words depend on the locale, and PostgreSQL
// takes several times as long.

/** The derived columns of a post, by the names of the columns. */
export function derivedColumns({ title, body, tags }: SearchableText) {
  return {
    search: searchVector({ title, body, tags }),
    excerpt: excerptOf(body),
    tag_keys: tagKeys(tags),
    search_rules: searchRules,
  }
}

/** The tags in the form that filters compare. */
function tagKeys(tags: readonly string[]): string[] {
  return [...new Set(tags.map(tagKey))]
}

/**
 * The derived columns after a change of some parts. The words of the other parts stay in the row, so the statement
 * needs no text that was read before. The parts are joined as text, since `||` of tsvectors would move the positions. A
 * post that is not indexed yet stays unindexed.
 */
export function changedColumnsOf(changes: ChangedText): {
  search?: SQL
  excerpt?: string
  tagKeys?: string[]
} {
  const others = {
    ...(changes.body !== undefined && { excerpt: excerptOf(changes.body) }),
    ...(changes.tags !== undefined && { tagKeys: tagKeys(changes.tags) }),
  }
  const kept = keptWeights(changes)
  if (kept.length === 3) return {}
  const changed = searchVector(changes)
  if (kept.length === 0) return { ...others, search: sql`${changed}::tsvector` }
  const old = sql`ts_filter(${posts.search}, ${sql.raw(`'{${kept.join(',')}}'`)})`
  return { ...others, search: sql`(${old}::text || ' ' || ${changed})::tsvector` }
}
