import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../db/instant.ts'
import { users } from '../users/users.table.ts'

export const sampleNotes = pgTable(
  'sample_notes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    text: text().notNull(),
    /** Increases with each change; part of the ETag. */
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  // For lists, which read the rows of one author in the order of their ids.
  (table) => [index('sample_notes_author_id').on(table.authorId, table.id)],
)

export type SampleNoteRow = typeof sampleNotes.$inferSelect
