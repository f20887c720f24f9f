import type { Workload } from '../workload.ts'

/** Added to the load of a connection without a recent response: more than any number of queries. */
export const overdue = 1_000_000

interface Loaded {
  /** The number of queries without a response, plus `overdue` if the first of them is slow. */
  load(): number
}

/** The maximum number of reads of one tick of the event loop that share a connection. */
const maxReads = 32

/** With at least this many connections, each workload has its own. */
const minConnections = 8

/**
 * Chooses a connection for each request. One eighth of the connections is for reads, a quarter for lists, a quarter for
 * searches, and the rest for writes, so that fast queries never wait behind a search or a commit. If all connections of
 * a workload are overdue, it borrows: reads from all, lists from searches, writes from all except reads. Searches never
 * borrow, since they make any connection overdue. With fewer connections than `enough`, all workloads share all.
 *
 * Reads of one tick of the event loop share a connection: one write sends them and one read of the socket receives the
 * results, which halves this process's cost of a fast query. Lists and writes are spread, because PostgreSQL runs the
 * queries of one connection one after another, and each write would wait for the previous commit.
 */
export function chooseConnection<C extends Loaded>(connections: readonly C[]): (workload: Workload) => C {
  const [only] = connections
  if (only === undefined) throw new RangeError('A database needs at least one connection.')
  if (connections.length === 1) return () => only
  const quarter = Math.floor(connections.length / 4)
  const part = (from: number, to?: number) =>
    leastLoaded(connections.length < minConnections ? connections : connections.slice(from, to))
  const eighth = Math.floor(connections.length / 8)
  const own = {
    read: part(0, eighth),
    list: part(eighth, eighth + quarter),
    search: part(eighth + quarter, eighth + 2 * quarter),
    write: part(eighth + 2 * quarter),
  }
  const others: Partial<typeof own> = {
    read: part(0),
    list: part(eighth, eighth + 2 * quarter),
    write: part(eighth),
  }
  const choose = (workload: Workload) => {
    const connection = own[workload]()
    return connection.load() < overdue ? connection : (others[workload]?.() ?? connection)
  }
  const read = oncePerTick(() => choose('read'), maxReads)
  return (workload) => (workload === 'read' ? read() : choose(workload))
}

/** Chooses once in a tick of the event loop, and again after `max` calls. */
function oncePerTick<C>(choose: () => C, max: number): () => C {
  let chosen: C | undefined
  let sharing = 0
  const endTick = () => {
    chosen = undefined
  }
  return () => {
    if (chosen === undefined) setImmediate(endTick)
    if (chosen === undefined || sharing === max) {
      chosen = choose()
      sharing = 0
    }
    sharing++
    return chosen
  }
}

/** The next connection in rotation, or one with a lower load. */
function leastLoaded<C extends Loaded>(connections: readonly C[]): () => C {
  let next = 0
  return () => {
    next = (next + 1) % connections.length
    return connections.reduce(
      (chosen, connection) => (connection.load() < chosen.load() ? connection : chosen),
      connections[next] as C,
    )
  }
}
