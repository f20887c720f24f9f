import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { roles } from '../api/roles.ts'

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    /** In the canonical form of `src/text/usernames.ts`, of the Unicode of its day; never rewritten. */
    username: text().notNull(),
    /** What it looks like. Null before `gatepost migrate` has filled it, and where an older name looks like another. */
    usernameSkeleton: text('username_skeleton'),
    /** What pages show first; null where the user has not chosen one. */
    name: text(),
    /** In the canonical form of `src/text/addresses.ts`. */
    email: text().notNull(),
    passwordHash: text('password_hash').notNull(),
    role: text({ enum: roles }).notNull().default('user'),
    disabledAt: timestamp('disabled_at', { withTimezone: true, precision: 3 }),
    /**
     * Counts the changes of password, role and state. A session carries the number at which its password was checked,
     * and is over once the number is another one.
     */
    generation: integer().notNull().default(1),
    /** When it was counted last. */
    generationAt: timestamp('generation_at', { withTimezone: true, precision: 3 }),
    /** API tokens of an older generation than this one are void: who sets it revokes them all, late ones included. */
    tokenGeneration: integer('token_generation').notNull().default(1),
    /** Counts the changes; the entity tag of the account. */
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
    // What the servers ask for a few times a second: whose sessions are over?
    index('users_generation_at').on(table.generationAt).where(sql`${table.generationAt} is not null`),
    check('users_role_check', sql`${table.role} in ('user', 'admin')`),
  ],
)
