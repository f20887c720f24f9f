import type { Sql } from 'postgres'
import { DatabaseTimeoutError, hasSqlState } from '../errors.ts'
import { refuseTransaction } from '../refuse-transaction.ts'
import { toParameters } from './parameters.ts'
import { overdue } from './pool.ts'

/**
 * Milliseconds in which all queries fail at once after connecting has failed, so that a starting server is not flooded.
 */
const PAUSE = 100

/** Milliseconds without any response, after a query has passed its deadline, until a connection counts as lost. */
const GRACE = 1000

/** Milliseconds without a response until other connections are preferred. */
const SLOW = 50

/** A postgres.js client of one connection. */
interface Client {
  sql: Sql
  /** Queries without a response so far, in no order. */
  waiting: PendingQuery[]
  /** How many of them are past their deadline. */
  late: number
  /** Whether a check for the next response is scheduled. */
  isWatched: boolean
  responses: number
  /** When the connection was last idle or received a response. */
  aliveAt: number
  /** When a query on it was last cancelled. */
  cancelledAt: number
}

interface PendingQuery {
  query: SentQuery
  /** Its index in the list. */
  at: number
  /** Past its deadline: the caller has already got an error, but the server may still be running the query. */
  isLate: boolean
}

/**
 * The fields of a query that postgres.js 3.4.9 has beyond its types. It calls `resolve` and `reject`, and may call
 * `reject` twice.
 */
interface SentQuery {
  resolve(rows: unknown): void
  reject(error: unknown): void
  /** The connection on which it was sent; null before. */
  state: object | null
  /** Whether the server is running it now. */
  active: boolean
  canceller: ((query: unknown) => Promise<void>) | null
  /** The format of the rows. */
  isRaw: unknown
}

/**
 * Called with the text of each query, in which values are $1, $2 …. The returned function is called when the query
 * ends.
 */
export type QueryObserver = (text: string) => (error?: unknown) => void

export interface Connection {
  /**
   * For Drizzle, which uses `unsafe`, `begin` and `options`. It stays the same object when the connection is replaced.
   */
  readonly client: Sql
  /** The number of queries without a response, plus `overdue` if the first of them is slow. */
  load(): number
  stats(): { waiting: number; queries: number; timeouts: number }
  close(): Promise<void>
}

/**
 * One connection to PostgreSQL that replaces itself after a loss and gives every query a deadline of `timeout`
 * milliseconds.
 *
 * After a loss, postgres.js 3.4.9 may never settle some queries, reject a valid query with the old error, or send
 * leftovers of its buffer. So a client that has lost its connection is discarded and never used again.
 */
export function openConnection(dial: () => Sql, timeout: number, observe?: QueryObserver): Connection {
  let current = newClient(dial())
  let refused: { error: unknown; until: number } | undefined
  let closing: Promise<void> | undefined
  let queries = 0
  let timeouts = 0

  function replace(broken: Client, reason: unknown) {
    if (closing !== undefined || broken !== current) return
    current = newClient(dial())
    // Drizzle has set its own parsers on the first client.
    Object.assign(current.sql.options.parsers, broken.sql.options.parsers)
    Object.assign(current.sql.options.serializers, broken.sql.options.serializers)
    discard(broken, reason)
  }

  function cancelOverdue(query: SentQuery, on: Client) {
    // Not `query.cancel()`: it drops a promise whose rejection would end the process. A query that is sent but not yet
    // running must not be cancelled: postgres.js would give its rows to the query behind it.
    if (query.active) {
      on.cancelledAt = Date.now()
      query.canceller?.(query).catch(() => {})
    }
    const { responses } = on
    setTimeout(() => {
      if (on.responses === responses) replace(on, new DatabaseTimeoutError(timeout))
    }, GRACE)
  }

  /**
   * The server continues with the next query on this connection. If that one is past its deadline too, it is cancelled
   * soon, so that it does not delay the others for another full deadline.
   */
  function cancelNextOverdue(on: Client) {
    if (on.late === 0 || on.isWatched) return
    on.isWatched = true
    const { responses } = on
    setTimeout(() => {
      on.isWatched = false
      if (on.responses !== responses) return cancelNextOverdue(on)
      const next = on.waiting.find(({ query, isLate }) => isLate && query.active)
      if (next !== undefined) cancelOverdue(next.query, on)
    }, SLOW)
  }

  function settled(on: Client) {
    noteResponse(on)
    cancelNextOverdue(on)
  }

  function failed(query: SentQuery, on: Client, error: unknown) {
    const isConnected = query.state !== null
    if (isConnected && isServerError(error)) return settled(on)
    if (on === current && !isConnected) refused = { error, until: Date.now() + PAUSE }
    replace(on, error)
  }

  /**
   * Sets the deadline and replaces the query's `resolve` and `reject`, which saves a promise for each query. `repeat`
   * sends the query again if a cancellation hit it by mistake.
   */
  function watch(query: SentQuery, on: Client, text: string, repeat?: () => PromiseLike<unknown>) {
    const { resolve, reject } = query
    const ended = observe?.(text)
    queries++
    if (on.waiting.length === 0) on.aliveAt = Date.now()
    const entry = { query, at: on.waiting.length, isLate: false }
    on.waiting.push(entry)
    const timer = setTimeout(() => {
      timeouts++
      entry.isLate = true
      on.late++
      cancelOverdue(query, on)
      reject(new DatabaseTimeoutError(timeout))
    }, timeout)
    const settle = () => {
      clearTimeout(timer)
      remove(entry, on)
    }
    query.resolve = (rows) => {
      settle()
      ended?.()
      settled(on)
      resolve(rows)
    }
    let isRepeated = false
    query.reject = (error) => {
      if (isRepeated) return
      settle()
      ended?.(error)
      failed(query, on, error)
      isRepeated = repeat !== undefined && !entry.isLate && wasCancelledByMistake(error, on)
      if (isRepeated) repeat?.().then(resolve, reject)
      else reject(error)
    }
  }

  /** Calling only `end` would move unsent queries to a new connection that nobody closes. */
  async function end() {
    await Promise.allSettled(current.waiting.map(({ query }) => query)) // each query is a promise, and settles at its deadline at the latest
    await current.sql.end({ timeout: 1 })
  }

  function unsafe(text: string, parameters: unknown[] = [], options?: { prepare?: boolean }) {
    if (closing !== undefined)
      throw Object.assign(new Error('The database is closed.'), { code: 'CONNECTION_ENDED' })
    if (refused !== undefined && Date.now() < refused.until) throw refused.error
    const bound = toParameters(parameters)
    const query = current.sql.unsafe(text, bound, options)
    const sent = toSentQuery(query)
    watch(sent, current, text, () => {
      const repeated = current.sql.unsafe(text, bound, options)
      watch(Object.assign(toSentQuery(repeated), { isRaw: sent.isRaw }), current, text)
      return repeated
    })
    return query
  }

  const client = { options: current.sql.options, unsafe, begin: refuseTransaction }
  return {
    client: client as unknown as Sql, // the only parts that Drizzle uses
    load: () => current.waiting.length + (isSlow(current) ? overdue : 0),
    stats: () => ({ waiting: current.waiting.length, queries, timeouts }),
    close: () => {
      closing ??= end()
      return closing
    },
  }
}

/**
 * PostgreSQL receives a cancellation on a separate connection. If its target has just ended, the next query is
 * cancelled instead (PostgreSQL manual, "Canceling Requests in Progress"). That query had no effect and can be sent
 * again.
 */
function wasCancelledByMistake(error: unknown, { cancelledAt }: Client) {
  return hasSqlState(error, '57014') && Date.now() - cancelledAt < GRACE
}

/** Moves the last entry into its place. A second call does nothing. */
function remove(entry: PendingQuery, on: Client) {
  const { waiting } = on
  if (waiting[entry.at] !== entry) return
  if (entry.isLate) on.late--
  const last = waiting.pop()
  if (last === undefined || last === entry) return
  waiting[entry.at] = last
  last.at = entry.at
}

function noteResponse(on: Client) {
  on.responses++
  on.aliveAt = Date.now()
}

function toSentQuery(query: object): SentQuery {
  return query as SentQuery // the fields exist, but the types of postgres.js omit them
}

function newClient(sql: Sql): Client {
  return { sql, waiting: [], late: 0, isWatched: false, responses: 0, aliveAt: 0, cancelledAt: 0 }
}

function isSlow({ waiting, aliveAt }: Client) {
  return waiting.length > 0 && Date.now() - aliveAt > SLOW
}

/** Ends a client and rejects its queries; `end` of postgres.js never settles the unsent ones. */
function discard({ sql, waiting }: Client, reason: unknown) {
  for (const { query } of waiting.slice()) {
    if (query.state !== null) continue
    query.reject(reason)
    query.canceller?.(query).catch(() => {}) // removes it from the queue, otherwise it would be sent later
  }
  sql.end({ timeout: 0 }).catch(() => {})
}

/** Whether the server itself has sent this error, so that the connection still works. */
function isServerError(error: unknown) {
  return typeof error === 'object' && error !== null && 'severity' in error
}
