import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** One row for each thing that is counted: an address, an account, both together. Rows expire; all are short. */
export const limits = pgTable(
  'limits',
  {
    /** SHA-256 of what is counted: of one length whatever people type, and names nobody. */
    key: text().primaryKey(),
    /** Tries that count; among them those that may be given back. */
    used: integer().notNull(),
    /** Tries under way, of which nobody knows yet whether they fail. */
    pending: integer().notNull(),
    /** When the next try may be made; absent while it may be made now. Not "now": clocks of servers differ. */
    freeAt: time('free_at'),
    /** When all is forgotten. */
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [index('limits_expires_at').on(table.expiresAt)],
)
