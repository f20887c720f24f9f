import type { Sql } from 'postgres'
import { DatabaseTimeoutError, hasSqlState } from '../errors.ts'
import { refuseTransaction } from '../refuse-transaction.ts'
import { toParameters } from './parameters.ts'
import { overdue } from './pool.ts'

/** Milliseconds in which all queries fail at once after connecting has failed: a server that starts is not stormed. */
const PAUSE = 100

/** Milliseconds without any answer, after a query has passed its deadline, that make a connection a dead one. */
const GRACE = 1000

/** Milliseconds without an answer after which others are preferred to a connection. */
const SLOW = 50

/** A postgres.js client of one connection. */
interface Client {
  sql: Sql
  /** What has been asked and not answered, in no order. */
  waiting: Waiting[]
  /** How many of them are late. */
  late: number
  /** Whether somebody looks for an answer to come. */
  isWatched: boolean
  answers: number
  /** When it was last known to be free or to answer. */
  aliveAt: number
  /** When a query on it was last cancelled. */
  cancelledAt: number
}

interface Waiting {
  query: SentQuery
  /** Its index in the list. */
  at: number
  /** Its deadline has passed: whoever asked has been told so, and only the server still has to do with it. */
  isLate: boolean
}

/** What postgres.js 3.4.9 keeps in a query, beyond its types. It calls `resolve` and `reject`, the latter even twice. */
interface SentQuery {
  resolve(rows: unknown): void
  reject(error: unknown): void
  /** The connection that it was sent on; null before. */
  state: object | null
  /** The server works on it now. */
  active: boolean
  canceller: ((query: unknown) => Promise<void>) | null
  /** In which form rows are wanted. */
  isRaw: unknown
}

/** Told the text of each query, in which values are $1, $2 …; what it gives is called when the query has ended. */
export type QueryObserver = (text: string) => (error?: unknown) => void

export interface Connection {
  /** For Drizzle, which uses `unsafe`, `begin` and `options` of it. It stays the same when the connection does not. */
  readonly client: Sql
  /** How many queries wait for an answer; `overdue` more when the first of them is slow. */
  load(): number
  stats(): { waiting: number; queries: number; timeouts: number }
  close(): Promise<void>
}

/**
 * One connection to PostgreSQL that heals itself and gives every query a deadline of `timeout` milliseconds.
 *
 * After a loss postgres.js 3.4.9 may leave queries without an answer, refuse a good one with the old error, or send
 * what was left in its buffer; so a client that has lost its connection is never used again but replaced.
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
    // Drizzle has put its own parsers into the first client.
    Object.assign(current.sql.options.parsers, broken.sql.options.parsers)
    Object.assign(current.sql.options.serializers, broken.sql.options.serializers)
    discard(broken, reason)
  }

  function giveUp(query: SentQuery, on: Client) {
    // Not `query.cancel()`: it drops a promise whose rejection would end the process. And never a query that is sent
    // but not yet worked on: postgres.js then gives its rows to the query behind it.
    if (query.active) {
      on.cancelledAt = Date.now()
      query.canceller?.(query).catch(() => {})
    }
    const { answers } = on
    setTimeout(() => {
      if (on.answers === answers) replace(on, new DatabaseTimeoutError(timeout))
    }, GRACE)
  }

  /** The server goes on with what was sent behind; where that is late, too, it would hold up others for as long again. */
  function giveUpNext(on: Client) {
    if (on.late === 0 || on.isWatched) return
    on.isWatched = true
    const { answers } = on
    setTimeout(() => {
      on.isWatched = false
      if (on.answers !== answers) return giveUpNext(on)
      const next = on.waiting.find(({ query, isLate }) => isLate && query.active)
      if (next !== undefined) giveUp(next.query, on)
    }, SLOW)
  }

  function settled(on: Client) {
    answered(on)
    giveUpNext(on)
  }

  function failed(query: SentQuery, on: Client, error: unknown) {
    const isConnected = query.state !== null
    if (isConnected && isAnswer(error)) return settled(on)
    if (on === current && !isConnected) refused = { error, until: Date.now() + PAUSE }
    replace(on, error)
  }

  /**
   * Sets the deadline, and follows the query by its own two functions: no promise more for each. `repeat` sends it
   * again when it was cancelled in place of another.
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
      giveUp(query, on)
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
      isRepeated = repeat !== undefined && !entry.isLate && wasMeantForAnother(error, on)
      if (isRepeated) repeat?.().then(resolve, reject)
      else reject(error)
    }
  }

  /** Not only `end`: it would leave queries that are not sent yet to a new connection, which nobody closes. */
  async function end() {
    await Promise.allSettled(current.waiting.map(({ query }) => query)) // each is a promise, and ends by its deadline
    await current.sql.end({ timeout: 1 })
  }

  function unsafe(text: string, parameters: unknown[] = [], options?: { prepare?: boolean }) {
    if (closing !== undefined)
      throw Object.assign(new Error('The database is closed.'), { code: 'CONNECTION_ENDED' })
    if (refused !== undefined && Date.now() < refused.until) throw refused.error
    const bound = toParameters(parameters)
    const query = current.sql.unsafe(text, bound, options)
    const sent = asSent(query)
    watch(sent, current, text, () => {
      const again = current.sql.unsafe(text, bound, options)
      watch(Object.assign(asSent(again), { isRaw: sent.isRaw }), current, text)
      return again
    })
    return query
  }

  const client = { options: current.sql.options, unsafe, begin: refuseTransaction }
  return {
    client: client as unknown as Sql, // all of it that Drizzle uses
    load: () => current.waiting.length + (isSlow(current) ? overdue : 0),
    stats: () => ({ waiting: current.waiting.length, queries, timeouts }),
    close: () => {
      closing ??= end()
      return closing
    },
  }
}

/**
 * A cancellation travels by a connection of its own: where the query that it was for has just ended, PostgreSQL cancels
 * the next one (its manual: Canceling Requests in Progress). That has done nothing then, and can be sent again.
 */
function wasMeantForAnother(error: unknown, { cancelledAt }: Client) {
  return hasSqlState(error, '57014') && Date.now() - cancelledAt < GRACE
}

/** Puts the last one in its place; may be called again. */
function remove(entry: Waiting, on: Client) {
  const { waiting } = on
  if (waiting[entry.at] !== entry) return
  if (entry.isLate) on.late--
  const last = waiting.pop()
  if (last === undefined || last === entry) return
  waiting[entry.at] = last
  last.at = entry.at
}

function answered(on: Client) {
  on.answers++
  on.aliveAt = Date.now()
}

function asSent(query: object): SentQuery {
  return query as SentQuery // it is all there, only not in the types of postgres.js
}

function newClient(sql: Sql): Client {
  return { sql, waiting: [], late: 0, isWatched: false, answers: 0, aliveAt: 0, cancelledAt: 0 }
}

function isSlow({ waiting, aliveAt }: Client) {
  return waiting.length > 0 && Date.now() - aliveAt > SLOW
}

/** Ends a client and everything that waits for it; `end` of postgres.js forgets what it has not sent. */
function discard({ sql, waiting }: Client, reason: unknown) {
  for (const { query } of waiting.slice()) {
    if (query.state !== null) continue
    query.reject(reason)
    query.canceller?.(query).catch(() => {}) // takes it off the queue, or it would be sent later
  }
  sql.end({ timeout: 0 }).catch(() => {})
}

/** Whether the server itself has answered with this error, so that the connection is sound. */
function isAnswer(error: unknown) {
  return typeof error === 'object' && error !== null && 'severity' in error
}
