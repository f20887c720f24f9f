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
    /** How the body begins, by `excerptOf`: stored, so that a list never has to fetch whole bodies. */
    excerpt: text().notNull().default(''),
    tags: text().array().notNull().default(sql`'{}'::text[]`),
    /** What lists are filtered by (`tagKey`): case and width make no difference. */
    tagKeys: text('tag_keys').array().notNull().default(sql`'{}'::text[]`),
    status: text({ enum: postStatuses }).notNull().default('published'),
    /** Counts the changes; the entity tag of the post and the number of its next revision. */
    version: integer().notNull().default(1),
    /** Kept by a trigger of the comments, so that it is right however they come and go. */
    commentCount: integer('comment_count').notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
    /** When it was published first; lists are in this order. */
    publishedAt: instant('published_at'),
    /** The words of title, tags and body, made by `searchVector`: the same on every server, whatever its locale. */
    search: tsvector(),
    /** The rules by which words and excerpt were made; null where they are still to be made (`indexPosts`). */
    searchRules: smallint('search_rules'),
  },
  (table) => {
    // Partial indexes: the public lists never show drafts.
    const published = sql`${table.status} = 'published'`
    return [
      index('posts_published').on(table.publishedAt, table.id).where(published),
      index('posts_published_by_author').on(table.authorId, table.publishedAt, table.id).where(published),
      index('posts_published_by_update').on(table.updatedAt, table.id).where(published),
      index('posts_author_id').on(table.authorId, table.id),
      index('posts_tag_keys').using('gin', table.tagKeys),
      index('posts_search').using('gin', table.search),
      // Empty but after a change of the rules: it costs a write nothing.
      index('posts_to_index').on(table.id).where(sql`${table.searchRules} is null`),
      check('posts_status_check', sql`${table.status} in ('draft', 'published')`),
      check('posts_published_at_check', sql`${table.status} = 'draft' or ${table.publishedAt} is not null`),
    ]
  },
)

/** What posts were before they were changed; `number` is the version that it was. */
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
    /** When this version was written. */
    writtenAt: instant('written_at').notNull(),
    /** When another took its place, and by whom. */
    replacedAt: instant('replaced_at').notNull().default(sql`now()`),
    replacedBy: uuid('replaced_by').references(() => users.id, { onDelete: 'set null' }),
  },
  (table) => [
    primaryKey({ name: 'post_revisions_pkey', columns: [table.postId, table.number] }),
    index('post_revisions_replaced_by').on(table.replacedBy),
  ],
)

/** A post as it is read: without what only searches need, with its author. */
export type PostRow = Omit<typeof posts.$inferSelect, 'search' | 'searchRules' | 'excerpt' | 'tagKeys'> & {
  authorUsername: string
  /** What the author chose to be shown as. */
  authorName: string | null
  authorVersion: number
}
