/** What a request is going to ask of the database. */
export type Purpose = 'read' | 'write' | 'search'

interface Line {
  /** How many queries wait on it; many more than all others when the first of them is slow. */
  load(): number
}

/** How many reads of one turn of the event loop share a connection, at most. */
const together = 32

/**
 * Chooses a connection for each request. Those for reading, writing and searching are others, when there are four or
 * more, so that nothing quick waits for a disk or behind a slow search.
 *
 * Reads that come together, in one turn of the event loop, share one: they leave in one write and are answered in one
 * read of the socket, which is half of what a quick query costs this process. Writes are spread, since on one
 * connection each waits for the commit of the one before.
 */
export function spread<L extends Line>(lines: readonly L[]): (purpose: Purpose) => L {
  const [only] = lines
  if (only === undefined) throw new RangeError('A database needs at least one connection.')
  if (lines.length === 1) return () => only
  const quarter = Math.floor(lines.length / 4)
  const part = (from: number, to: number) => (quarter === 0 ? lines : lines.slice(from, to))
  const lanes = {
    read: leastLoaded(part(0, quarter)),
    search: leastLoaded(part(quarter, 2 * quarter)),
    write: leastLoaded(part(2 * quarter, lines.length)),
  }
  let shared: L | undefined
  let sharing = 0
  const endOfTurn = () => {
    shared = undefined
  }
  return (purpose) => {
    if (purpose !== 'read') return lanes[purpose]()
    if (shared === undefined) setImmediate(endOfTurn)
    if (shared === undefined || sharing === together) {
      shared = lanes.read()
      sharing = 0
    }
    sharing++
    return shared
  }
}

/** Gives the next in turn, or one with less to do. */
function leastLoaded<L extends Line>(lines: readonly L[]): () => L {
  let turn = 0
  return () => {
    turn = (turn + 1) % lines.length
    return lines.reduce((chosen, line) => (line.load() < chosen.load() ? line : chosen), lines[turn] as L)
  }
}
