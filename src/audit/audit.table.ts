import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The recorded actions. API clients filter by these names, so they never change. */
export const auditActions = [
  'user.registered',
  'user.created',
  'user.changed',
  'user.role_changed',
  'user.disabled',
  'user.enabled',
  'user.deleted',
  'user.password_changed',
  'session.logged_in',
  'session.login_failed',
  'session.login_limited',
  'session.refreshed',
  'session.reuse_detected',
  'session.ended',
  'api_token.created',
  'api_token.changed',
  'api_token.new_network',
  'api_token.revoked',
  'key.first_used',
  'key.rotated',
] as const
export type AuditAction = (typeof auditActions)[number]

/** Events of accounts and sessions. No foreign keys: an event stays when its account is deleted. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid().primaryKey(),
    at: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
    action: text({ enum: auditActions }).notNull(),
    /** The user who did it, if they were logged in. */
    actorId: uuid('actor_id'),
    /** The account that the event is about, if it exists. */
    userId: uuid('user_id'),
    sessionId: uuid('session_id'),
    address: text(),
    userAgent: text('user_agent'),
    requestId: text('request_id'),
    /** Further facts, such as the new role; never a secret. */
    detail: jsonb().$type<Record<string, string | number | boolean>>().notNull().default({}),
  },
  (table) => [
    index('audit_events_user_id').on(table.userId, table.id),
    index('audit_events_action').on(table.action, table.id),
  ],
)
