import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { endReasons } from '../../audit/end-reasons.ts'
import { users } from '../../users/users.table.ts'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** A refresh token that was replaced: the SHA-256 of its secret, and when it was used first, in milliseconds since 1970. */
export interface ReplacedToken {
  hash: string
  at: number
}

/** One row per log-in. Its id is the `sid` of the access tokens; it also holds the chain of refresh tokens. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    /** Null once the account is deleted. The row stays, so that every server learns that the session has ended. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
    /** The generation of the user when the session was opened: see `users.generation`. */
    generation: integer().notNull().default(1),
    userAgent: text('user_agent'),
    address: text(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at').notNull(),
    /** When the session ends by itself: the refresh token expires unused, or the session reaches its maximum age. */
    expiresAt: time('expires_at').notNull(),
    /** SHA-256 of the current refresh token. */
    refreshHash: text('refresh_hash').notNull(),
    /** Earlier tokens that were replaced within REFRESH_GRACE. */
    replacedTokens: jsonb('replaced_tokens').$type<ReplacedToken[]>().notNull().default([]),
    endedAt: time('ended_at'),
    endReason: text('end_reason', { enum: endReasons }),
  },
  (table) => [
    index('sessions_user_id').on(table.userId, table.id),
    // For a query that every server runs a few times per second: which sessions have just ended.
    index('sessions_ended_at').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    index('sessions_expires_at').on(table.expiresAt),
    // Sessions that were opened while their account was being deleted.
    index('sessions_orphaned').on(table.id).where(sql`${table.userId} is null and ${table.endedAt} is null`),
  ],
)
