import { type SQL, sql } from 'drizzle-orm'
import { tagKey } from '../../text/tag-key.ts'
import { excerptOf } from '../excerpt.ts'
import { posts } from '../posts.table.ts'
import { type ChangedText, keptWeights, type SearchableText, searchVector } from './search-vector.ts'

/**
 * The rules by which posts are indexed. Whoever changes what `searchVector` or `excerptOf` gives for a text adds a
 * migration that sets `search_rules` of all posts to null: `indexPosts` then does them anew.
 */
export const searchRules = 1

// Words and excerpt are made here and not by the database: there the same text would have other words in another
// locale, and it takes PostgreSQL several times as long.

/** What is stored of a post beside what its author wrote, as the columns are named. */
export function derivedColumns({ title, body, tags }: SearchableText) {
  return {
    search: searchVector({ title, body, tags }),
    excerpt: excerptOf(body),
    tag_keys: tagKeys(tags),
    search_rules: searchRules,
  }
}

/** What lists are filtered by. */
function tagKeys(tags: readonly string[]): string[] {
  return [...new Set(tags.map(tagKey))]
}

/**
 * The same after some parts of a post have changed. The words of the other parts stay as they are in the row: the
 * statement needs no text that was read before. They are put together as texts, since `||` moves places. A post that
 * is not indexed yet stays so.
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
