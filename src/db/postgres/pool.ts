/**
 * What a request is going to ask of the database: `list` is a page of many rows that is quickly found, `slow` whatever
 * may take long, such as a search; `batch` is a write that shares a statement with others of its turn of the event loop.
 */
export type Purpose = 'read' | 'list' | 'write' | 'batch' | 'slow'

/** The load of a connection that has not answered for a while: more than any number of queries. */
export const stuck = 1_000_000

interface Line {
  /** How many queries wait on it; `stuck` and more when the first of them is slow. */
  load(): number
}

/** How many reads of one turn of the event loop share a connection, at most. */
const maxReads = 32

/** How many items share a statement, and the writes among them a connection, at most. */
export const maxBatch = 16

/** From so many connections on, each purpose has some of its own. */
const enough = 8

/**
 * Chooses a connection for each request. An eighth is for reads, a quarter for lists, a quarter for what is slow and the
 * others for writes, so that nothing quick waits for a disk or behind a search. Where all of a kind are stuck, others
 * are used: for reads all, for lists those for what is slow, for writes all but those for reads. What is slow has its
 * own alone, since it makes stuck whatever it is on. With fewer connections than `enough` all are for everything.
 *
 * Reads that come together, in one turn of the event loop, share one: they leave in one write and are answered in one
 * read of the socket, which is half of what a quick query costs this process. So do lists, and so do batches. Other
 * writes are spread, since on one connection each waits for the commit of the one before.
 */
export function spread<L extends Line>(lines: readonly L[]): (purpose: Purpose) => L {
  const [only] = lines
  if (only === undefined) throw new RangeError('A database needs at least one connection.')
  if (lines.length === 1) return () => only
  const quarter = Math.floor(lines.length / 4)
  const part = (from: number, to?: number) =>
    leastLoaded(lines.length < enough ? lines : lines.slice(from, to))
  const eighth = Math.floor(lines.length / 8)
  const own = {
    read: part(0, eighth),
    list: part(eighth, eighth + quarter),
    slow: part(eighth + quarter, eighth + 2 * quarter),
    write: part(eighth + 2 * quarter),
  }
  const others: Partial<typeof own> = {
    read: part(0),
    list: part(eighth, eighth + 2 * quarter),
    write: part(eighth),
  }
  const choose = (purpose: keyof typeof own) => {
    const line = own[purpose]()
    return line.load() < stuck ? line : (others[purpose]?.() ?? line)
  }
  const read = ofOneTurn(() => choose('read'), maxReads)
  const list = ofOneTurn(() => choose('list'), maxReads)
  const batch = ofOneTurn(() => choose('write'), maxBatch)
  const write = () => choose('write')
  const slow = () => choose('slow')
  const all = { read, list, write, batch, slow }
  return (purpose) => all[purpose]()
}

/** Chooses once in a turn of the event loop, and again when `most` share what was chosen. */
function ofOneTurn<L>(choose: () => L, most: number): () => L {
  let chosen: L | undefined
  let sharing = 0
  const endTurn = () => {
    chosen = undefined
  }
  return () => {
    if (chosen === undefined) setImmediate(endTurn)
    if (chosen === undefined || sharing === most) {
      chosen = choose()
      sharing = 0
    }
    sharing++
    return chosen
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
