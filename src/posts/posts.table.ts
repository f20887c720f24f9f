import { type SQL, sql } from 'drizzle-orm'
import {
  bigint,
  check,
  customType,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
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
    /** Stored, so that a list never has to fetch whole bodies. */
    excerpt: text()
      .notNull()
      .generatedAlwaysAs(
        (): SQL => sql`left(btrim(regexp_replace(left(${posts.body}, 1000), '\\s+', ' ', 'g')), 200)`,
      ),
    tags: text().array().notNull().default(sql`'{}'::text[]`),
    status: text({ enum: postStatuses }).notNull().default('published'),
    /** Counts the changes; the entity tag of the post. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
    /** Titles weigh more than bodies; 'simple' has no stemming, which suits texts of any language. */
    search: tsvector()
      .notNull()
      .generatedAlwaysAs(
        (): SQL =>
          sql`setweight(to_tsvector('simple', ${posts.title}), 'A') || setweight(to_tsvector('simple', left(${posts.body}, 100000)), 'B')`,
      ),
  },
  (table) => [
    // The partial indexes serve the public lists, which never show drafts.
    index('posts_published').on(table.id).where(sql`${table.status} = 'published'`),
    index('posts_published_by_author').on(table.authorId, table.id).where(sql`${table.status} = 'published'`),
    index('posts_author_id').on(table.authorId),
    index('posts_tags').using('gin', table.tags),
    index('posts_search').using('gin', table.search),
    check('posts_status_check', sql`${table.status} in ('draft', 'published')`),
  ],
)
