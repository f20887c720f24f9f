import { sql } from 'drizzle-orm'
import { index, integer, pgTable, smallint, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { users } from '../../users/users.table.ts'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** Tokens by which programs act for a user. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** One of so many that a user can have; free again, and null here, when the token is revoked or has expired. */
    slot: smallint(),
    /** The generation of the user when the token was made: see `users.tokenGeneration`. */
    generation: integer().notNull(),
    /** What its user calls it. */
    name: text().notNull(),
    scopes: text().array().notNull(),
    /** SHA-256 of the token, which itself is not stored. */
    tokenHash: text('token_hash').notNull(),
    /** Its last four characters, by which people find it again. */
    lastFour: text('last_four').notNull(),
    /** Counts the changes; the entity tag. */
    version: integer().notNull().default(1),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Exact to the minute. */
    lastUsedAt: time('last_used_at'),
    lastUsedAddress: text('last_used_address'),
    /** The networks that it was used from, and the one where it was made; the newest last. */
    networks: text().array().notNull().default(sql`'{}'::text[]`),
    /** The row stays a while, so that the token is told from one that never was. */
    revokedAt: time('revoked_at'),
  },
  (table) => [
    unique('api_tokens_token_hash_key').on(table.tokenHash),
    unique('api_tokens_slot_key').on(table.userId, table.slot),
    index('api_tokens_user_id').on(table.userId, table.id),
    index('api_tokens_expires_at').on(table.expiresAt),
    index('api_tokens_revoked_at').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
  ],
)

export type ApiTokenRow = typeof apiTokens.$inferSelect
