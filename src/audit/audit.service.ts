import { and, desc, eq, gte, lt, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { AppContext, CurrentUser } from '../api/context.ts'
import type { Logger } from '../api/log.ts'
import type { Database } from '../db/database.ts'
import { prepared } from '../db/fast-path/prepared.ts'
import { describeError } from '../errors/describe-error.ts'
import { clientAddress } from '../http/client-address.ts'
import { type AuditAction, auditEvents } from './audit.table.ts'

interface AuditEvent {
  action: AuditAction
  /** The account that the event is about, if it exists. */
  userId?: string | undefined
  sessionId?: string | undefined
  /** Further facts, such as the new role; never a secret. */
  detail?: Record<string, string | number | boolean>
}

/** Records what a request did, as a log line and a row. */
export async function audit(c: AppContext, event: AuditEvent): Promise<void> {
  const actor = (c.var as { user?: CurrentUser }).user // only under a guard
  const detail = { ...event.detail, ...(actor?.tokenId && { by_token: actor.tokenId }) }
  await recordEvent(c.var.db, c.var.deps.log, {
    ...event,
    detail,
    sessionId: event.sessionId ?? actor?.sessionId,
    actorId: actor?.id,
    address: clientAddress(c),
    userAgent: c.req.header('User-Agent')?.slice(0, 512),
    requestId: c.var.requestId,
  })
}

type AuditRow = AuditEvent &
  Partial<Pick<typeof auditEvents.$inferInsert, 'actorId' | 'address' | 'userAgent' | 'requestId'>>

/**
 * Records an event. The action has already happened, so a database failure must not make the request fail: the log line
 * remains.
 */
export async function recordEvent(db: Database, log: Logger, event: AuditRow): Promise<void> {
  const { action, userId, sessionId, actorId, address, requestId, detail } = event
  log.info(
    {
      audit: action,
      user_id: userId,
      session_id: sessionId,
      actor_id: actorId,
      address,
      request_id: requestId,
      ...detail,
    },
    'audit',
  )
  try {
    await insertEvent(db).execute(valuesOf(event))
  } catch (error) {
    log.error({ audit: action, request_id: requestId, error: describeError(error) }, 'audit event not stored')
  }
}

const insertEvent = prepared((db) => {
  const { placeholder } = sql
  return db
    .insert(auditEvents)
    .values({
      id: placeholder('id'),
      action: placeholder('action'),
      actorId: placeholder('actorId'),
      userId: placeholder('userId'),
      sessionId: placeholder('sessionId'),
      address: placeholder('address'),
      userAgent: placeholder('userAgent'),
      requestId: placeholder('requestId'),
      detail: sql`${placeholder('detail')}::text::jsonb`, // cast from text: drivers encode a jsonb parameter as JSON a second time
    })
    .prepare('audit_insert')
})

function valuesOf({ action, actorId, userId, sessionId, address, userAgent, requestId, detail }: AuditRow) {
  const known = { action, actorId, userId, sessionId, address, userAgent, requestId }
  const values = Object.entries(known).map(([name, value]) => [name, value ?? null])
  return { ...Object.fromEntries(values), id: uuidv7(), detail: JSON.stringify(detail ?? {}) }
}

interface ListEvents {
  action?: AuditAction | undefined
  user?: string | undefined
  since?: string | undefined
  until?: string | undefined
  /** Id of the last event of the previous page. */
  before?: string | undefined
  limit: number
}

/** Events, newest first. */
export function listEvents(db: Database, { action, user, since, until, before, limit }: ListEvents) {
  return db
    .select()
    .from(auditEvents)
    .where(
      and(
        action && eq(auditEvents.action, action),
        user ? eq(auditEvents.userId, user) : undefined,
        since ? gte(auditEvents.at, new Date(since)) : undefined,
        until ? lt(auditEvents.at, new Date(until)) : undefined,
        before ? lt(auditEvents.id, before) : undefined,
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(limit)
}
