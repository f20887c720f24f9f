/** What a request is going to ask of the database. */
export type Purpose = 'read' | 'write' | 'search'

interface Line {
  /** How many queries wait on it; many more than all others when the first of them is slow. */
  load(): number
}

/** How many reads wait on one connection before the next one is used. */
const fullHouse = 32

/**
 * Chooses a connection for each request. Those for reading, writing and searching are others, when there are four or
 * more, so that nothing quick waits for a disk or behind a slow search.
 *
 * Reads share one connection as long as it keeps up: what is asked together leaves in one write and is answered in one
 * read of the socket, which is half of what a quick query costs this process. Writes are spread, since on one
 * connection each waits for the commit of the one before.
 */
export function spread<L extends Line>(lines: readonly L[]): (purpose: Purpose) => L {
  const quarter = Math.floor(lines.length / 4)
  const part = (from: number, to: number) => (quarter === 0 ? lines : lines.slice(from, to))
  const lanes = {
    read: leastLoaded(part(0, quarter)),
    search: leastLoaded(part(quarter, 2 * quarter)),
    write: leastLoaded(part(2 * quarter, lines.length)),
  }
  let reading = lanes.read()
  return (purpose) => {
    if (purpose !== 'read') return lanes[purpose]()
    if (reading.load() >= fullHouse) reading = lanes.read()
    return reading
  }
}

/** Gives the next in turn, or one with less to do. */
function leastLoaded<L extends Line>(lines: readonly L[]): () => L {
  let turn = 0
  return () => {
    turn = (turn + 1) % lines.length
    let chosen = lines[turn]
    for (const line of lines) {
      if (chosen === undefined || line.load() < chosen.load()) chosen = line
    }
    if (chosen === undefined) throw new RangeError('A database needs at least one connection.')
    return chosen
  }
}
