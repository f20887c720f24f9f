import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from '../db/instant.ts'
import { users } from '../users/users.table.ts'

export const postStatuses = ['draft', 'published'] as const
export type PostStatus = (typeof postStatuses)[number]

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

export const posts = pgTable(
  'posts',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: text().notNull(),
    body: text().notNull(),
    /** The start of the body, from `excerptOf`. Stored, so that a list need not fetch whole bodies. */
    excerpt: text().notNull().default(''),
    tags: text().array().notNull().default(sql`'{}'::text[]`),
    /** The tags in the form that filters compare (`tagKey`): case and width make no difference. */
    tagKeys: text('tag_keys').array().notNull().default(sql`'{}'::text[]`),
    status: text({ enum: postStatuses }).notNull().default('published'),
    /** Increases with each change; part of the ETag, and the number of the next revision. */
    version: integer().notNull().default(1),
    /**
     * Maintained by a trigger on the table of comments, so that it is right even when an account with comments is
     * deleted.
     */
    commentCount: integer('comment_count').notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
    /** The time of the first publication. Lists are sorted by it. */
    publishedAt: instant('published_at'),
    /** The words of title, tags and body, from `searchVector`: the same on every server, whatever its locale. */
    search: tsvector(),
    /** The version of the indexing rules; null while the post waits for `indexPosts`. */
    searchRules: smallint('search_rules'),
  },
  (table) => {
    // Partial indexes: the public lists contain no drafts.
    const published = sql`${table.status} = 'published'`
    return [
      index('posts_published').on(table.publishedAt, table.id).where(published),
      index('posts_published_by_author').on(table.authorId, table.publishedAt, table.id).where(published),
      index('posts_published_by_update').on(table.updatedAt, table.id).where(published),
      index('posts_author_id').on(table.authorId, table.id),
      index('posts_tag_keys').using('gin', table.tagKeys),
      index('posts_search').using('gin', table.search),
      // Usually empty, so a write costs nothing more; filled after a change of the indexing rules.
      index('posts_to_index').on(table.id).where(sql`${table.searchRules} is null`),
      check('posts_status_check', sql`${table.status} in ('draft', 'published')`),
      check('posts_published_at_check', sql`${table.status} = 'draft' or ${table.publishedAt} is not null`),
    ]
  },
)

/** Former versions of posts; `number` is the version of the post at that time. */
export const postRevisions = pgTable(
  'post_revisions',
  {
    postId: bigint('post_id', { mode: 'number' })
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    number: integer().notNull(),
    title: text().notNull(),
    body: text().notNull(),
    tags: text().array().notNull(),
    status: text({ enum: postStatuses }).notNull(),
    /** The time when this version was written. */
    writtenAt: instant('written_at').notNull(),
    /** The time when the next version replaced this one, and the user who changed it. */
    replacedAt: instant('replaced_at').notNull().default(sql`now()`),
    replacedBy: uuid('replaced_by').references(() => users.id, { onDelete: 'set null' }),
  },
  (table) => [
    primaryKey({ name: 'post_revisions_pkey', columns: [table.postId, table.number] }),
    index('post_revisions_replaced_by').on(table.replacedBy),
  ],
)

/** A post with its author, without the columns that only searches need. */
export type PostRow = Omit<typeof posts.$inferSelect, 'search' | 'searchRules' | 'excerpt' | 'tagKeys'> & {
  authorUsername: string
  /** The display name of the author. */
  authorName: string | null
  authorVersion: number
}
