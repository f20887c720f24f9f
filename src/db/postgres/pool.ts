import type { Workload } from '../workload.ts'

/** Added to the load of a connection that has been silent for a while: more than any number of queries. */
export const overdue = 1_000_000

interface Loaded {
  /** How many queries wait on the connection; `overdue` and more when the first of them takes long. */
  load(): number
}

/** How many reads of one tick of the event loop share a connection, at most. */
const maxReads = 32

/** From so many connections on, each workload has some of its own. */
const enough = 8

/**
 * Chooses a connection for each request. An eighth of them is for reads, a quarter for lists, a quarter for searches and
 * the others for writes, so that nothing quick waits for a disk or behind a search. Where all of a workload are overdue,
 * others are used: for reads all, for lists those for searches, for writes all but those for reads. Searches keep to
 * their own, since they make any connection overdue. With fewer connections than `enough`, all are for everything.
 *
 * Reads of one tick of the event loop share a connection: they leave in one write and come back in one read of the
 * socket, which is half of what a quick query costs this process. Lists and writes are spread: PostgreSQL runs the
 * queries of one connection one after the other, and each write waits for the commit of the one before.
 */
export function chooseConnection<C extends Loaded>(connections: readonly C[]): (workload: Workload) => C {
  const [only] = connections
  if (only === undefined) throw new RangeError('A database needs at least one connection.')
  if (connections.length === 1) return () => only
  const quarter = Math.floor(connections.length / 4)
  const part = (from: number, to?: number) =>
    leastLoaded(connections.length < enough ? connections : connections.slice(from, to))
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

/** Chooses once in a tick of the event loop, and again when `most` share what was chosen. */
function oncePerTick<C>(choose: () => C, most: number): () => C {
  let chosen: C | undefined
  let sharing = 0
  const endTick = () => {
    chosen = undefined
  }
  return () => {
    if (chosen === undefined) setImmediate(endTick)
    if (chosen === undefined || sharing === most) {
      chosen = choose()
      sharing = 0
    }
    sharing++
    return chosen
  }
}

/** The next connection in rotation, or one with less to do. */
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
