import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { AppContext } from '../../api/context.ts'
import type { KnownToken } from '../../api/ports.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { describeError } from '../../errors/describe-error.ts'
import { clientAddress } from '../../http/client-address.ts'
import { addressGroup } from '../../text/ip-address.ts'

/** How exact "last used" is, in milliseconds. */
const exactTo = 60_000

/** Networks that are kept of a token; the oldest go. */
const mostNetworks = 50

/**
 * Stores when and from where a token is used, once a minute, and records a network that is new for it at once. The
 * request does not wait for it, and does not fail with it: it is one statement that is sent and left to itself. On
 * Workers the connection is closed when it is done.
 */
export function noteUse(c: AppContext, token: KnownToken): void {
  const deps = c.get('deps')
  const now = deps.now()
  const isDue = token.lastUsedAt === null || now - token.lastUsedAt.getTime() >= exactTo
  const address = clientAddress(c)
  const network = addressGroup(address)
  if (!isDue && token.networks.includes(network)) return
  // So that requests until the next look-up do not do the same.
  token.networks = [...token.networks.filter((known) => known !== network), network]
  if (isDue) token.lastUsedAt = new Date(now)
  const use = {
    id: token.id,
    now: new Date(now).toISOString(),
    since: new Date(now - exactTo).toISOString(),
    address,
    network,
    event: uuidv7(),
    userAgent: c.req.header('User-Agent')?.slice(0, 512) ?? null,
    requestId: c.get('requestId'),
  }
  // Not on the connection of the request, whose queries would wait for the commit.
  noteQuery(deps.connect(c as never, 'write'))
    .execute(use)
    .then(([stored]) => {
      if (!stored?.isNew) return
      const { id, userId } = token
      deps.log.info(
        {
          audit: 'api_token.new_network',
          user_id: userId,
          address,
          request_id: use.requestId,
          ...{ token: id },
        },
        'audit',
      )
    })
    .catch((error) => {
      deps.log.warn(
        { request_id: use.requestId, error: describeError(error) },
        'use of an API token not stored',
      )
    })
}

/**
 * The row and the audit event. A row that is being written by somebody else is left out: the next use stores it, and
 * nobody waits. Of several servers at once, the condition on the time lets one write.
 */
const noteQuery = prepared((db) => {
  const { placeholder } = sql
  const isDue = sql`coalesce(t.last_used_at <= ${placeholder('since')}::timestamptz, true)`
  const isNew = sql`not (${placeholder('network')}::text = any (t.networks))`
  const before = db
    .$with('before', { isNew: sql<boolean>`is_new`.as('is_new'), id: sql<string>`id`.as('id') })
    .as(sql`
      select id, user_id, ${isDue} as is_due, ${isNew} as is_new from api_tokens t
      where id = ${placeholder('id')}::uuid for no key update skip locked`)
  const used = db.$with('used', {}).as(sql`
    update api_tokens t set
      last_used_at = case when b.is_due then ${placeholder('now')}::timestamptz else t.last_used_at end,
      last_used_address = case when b.is_due then ${placeholder('address')}::text else t.last_used_address end,
      networks = case when b.is_new
        then (array_append(t.networks, ${placeholder('network')}::text))[greatest(1, cardinality(t.networks) + 2 - ${sql.raw(String(mostNetworks))}):]
        else t.networks end
    from before b where t.id = b.id and (b.is_due or b.is_new)`)
  const event = db.$with('event', {}).as(sql`
    insert into audit_events (id, action, actor_id, user_id, address, user_agent, request_id, detail)
    select ${placeholder('event')}::uuid, 'api_token.new_network', user_id, user_id, ${placeholder('address')}::text,
      ${placeholder('userAgent')}::text, ${placeholder('requestId')}::text, jsonb_build_object('token', id::text)
    from before where is_new`)
  return db.with(before, used, event).select({ isNew: before.isNew }).from(before).prepare('api_tokens_note')
})
