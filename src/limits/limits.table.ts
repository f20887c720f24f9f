import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** One row per counter: for an address, an account, or both together. Rows expire, and all are short. */
export const limits = pgTable(
  'limits',
  {
    /** SHA-256 of what is counted: it has a fixed length and stores no name. */
    key: text().primaryKey(),
    /** Attempts that count, including pending ones. */
    used: integer().notNull(),
    /** Attempts whose outcome is still unknown; they may be given back. */
    pending: integer().notNull(),
    /**
     * The time of the next attempt; null if it is allowed now. Never "now" itself, since the clocks of servers differ.
     */
    freeAt: time('free_at'),
    /** The end of the window. */
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [index('limits_expires_at').on(table.expiresAt)],
)
