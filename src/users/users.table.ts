import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { roles } from '../api/roles.ts'

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    /** In the canonical form of `src/text/usernames.ts`, by the Unicode version at registration; never rewritten. */
    username: text().notNull(),
    /** The look-alike form. Null until `gatepost migrate` has filled it, and if an older name looks the same. */
    usernameSkeleton: text('username_skeleton'),
    /** The display name; null if the user has not chosen one. */
    name: text(),
    /** In the canonical form of `src/text/addresses.ts`. */
    email: text().notNull(),
    passwordHash: text('password_hash').notNull(),
    role: text({ enum: roles }).notNull().default('user'),
    disabledAt: timestamp('disabled_at', { withTimezone: true, precision: 3 }),
    /**
     * Increases with each change of password, role or state. A session stores the generation at which its password was
     * checked, and is over when the account has a newer one.
     */
    generation: integer().notNull().default(1),
    /** The time of the last such change. */
    generationAt: timestamp('generation_at', { withTimezone: true, precision: 3 }),
    /** The API tokens of older generations are revoked. An increase revokes all tokens, also those being created. */
    tokenGeneration: integer('token_generation').notNull().default(1),
    /** Increases with each change; part of the ETag. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [
    unique('users_username_key').on(table.username),
    unique('users_email_key').on(table.email),
    unique('users_username_skeleton_key').on(table.usernameSkeleton),
    index('users_without_skeleton').on(table.id).where(sql`${table.usernameSkeleton} is null`),
    index('users_username_search').using('gin', table.username.op('gin_trgm_ops')),
    index('users_name_search').using('gin', table.name.op('gin_trgm_ops')),
    index('users_email_search').using('gin', table.email.op('gin_trgm_ops')),
    index('users_role').on(table.role, table.id),
    // For a query that every server runs a few times per second: which sessions have ended.
    index('users_generation_at').on(table.generationAt).where(sql`${table.generationAt} is not null`),
    check('users_role_check', sql`${table.role} in ('user', 'admin')`),
  ],
)
