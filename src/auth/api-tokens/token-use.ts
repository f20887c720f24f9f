import { sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { AppContext } from '../../api/context.ts'
import type { TokenState } from '../../api/ports.ts'
import { prepared } from '../../db/fast-path/prepared.ts'
import { describeError } from '../../errors/describe-error.ts'
import { clientAddress } from '../../http/client-address.ts'
import { addressGroup } from '../../text/ip-address.ts'

/** Precision of `lastUsedAt`, in milliseconds. */
const precision = 60_000

/** Maximum number of stored networks of a token. Beyond it, the oldest are dropped. */
const maxNetworks = 50

/**
 * Stores time and address of a use, at most once a minute, and each new network at once. It is one statement in the
 * background: the request neither waits for it nor fails with it. On Workers the connection closes after it.
 */
export function recordUse(c: AppContext, token: TokenState): void {
  const deps = c.get('deps')
  const now = deps.now()
  const isDue = token.lastUsedAt === null || now - token.lastUsedAt.getTime() >= precision
  const address = clientAddress(c)
  const network = addressGroup(address)
  if (!isDue && token.networks.includes(network)) return
  // Requests before the next look-up must not store the same use.
  token.networks = [...token.networks.filter((known) => known !== network), network]
  if (isDue) token.lastUsedAt = new Date(now)
  const use = {
    id: token.id,
    now: new Date(now).toISOString(),
    since: new Date(now - precision).toISOString(),
    address,
    network,
    event: uuidv7(),
    userAgent: c.req.header('User-Agent')?.slice(0, 512) ?? null,
    requestId: c.get('requestId'),
  }
  // A connection of its own, since the queries of the request would wait for the commit.
  recordQuery(deps.connect(c as never, 'write'))
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
        'the use of an API token was not stored',
      )
    })
}

/**
 * Updates the row and inserts the audit event. Skips a row that another transaction has locked, so that nothing waits:
 * the next use stores it. If several servers send it at the same time, its condition lets only one of them write.
 */
const recordQuery = prepared((db) => {
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
        then (array_append(t.networks, ${placeholder('network')}::text))[greatest(1, cardinality(t.networks) + 2 - ${sql.raw(String(maxNetworks))}):]
        else t.networks end
    from before b where t.id = b.id and (b.is_due or b.is_new)`)
  const event = db.$with('event', {}).as(sql`
    insert into audit_events (id, action, actor_id, user_id, address, user_agent, request_id, detail)
    select ${placeholder('event')}::uuid, 'api_token.new_network', user_id, user_id, ${placeholder('address')}::text,
      ${placeholder('userAgent')}::text, ${placeholder('requestId')}::text, jsonb_build_object('token', id::text)
    from before where is_new`)
  return db
    .with(before, used, event)
    .select({ isNew: before.isNew })
    .from(before)
    .prepare('api_tokens_record_use')
})
