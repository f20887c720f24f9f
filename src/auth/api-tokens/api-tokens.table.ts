import { sql } from 'drizzle-orm'
import { index, integer, pgTable, smallint, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { users } from '../../users/users.table.ts'

const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** API tokens, which let programs act for a user. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** One of the slots of the user, which limit the number of tokens. Null once the token is revoked or has expired. */
    slot: smallint(),
    /** The generation of the user at the creation of the token: see `users.tokenGeneration`. */
    generation: integer().notNull(),
    name: text().notNull(),
    scopes: text().array().notNull(),
    /** SHA-256 of the token. The token itself is not stored. */
    tokenHash: text('token_hash').notNull(),
    /** The last four characters of the token, so that users recognize it. */
    lastFour: text('last_four').notNull(),
    /** Increases with each change; the ETag. */
    version: integer().notNull().default(1),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Precision: one minute. */
    lastUsedAt: time('last_used_at'),
    lastUsedAddress: text('last_used_address'),
    /** The networks of its uses and of its creation, newest last. */
    networks: text().array().notNull().default(sql`'{}'::text[]`),
    /** The row is kept for 30 days, so that the response differs from that to an unknown token. */
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
