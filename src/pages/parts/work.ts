/** Thrown where showing a text would take more work than a page may take. */
export class TooMuchWork extends Error {}

/** Steps after which others get a chance to run, at the next place where work can pause: some 2 ms. */
const stepsBetweenPauses = 1_000
/** Steps that may be done without a pause: some 5 ms. */
const mostAtOnce = 4_000
/** Steps that one text may take in all: some 100 ms. */
const mostInAll = 75_000

/**
 * Counts the work that a text makes, in steps of some microseconds. It is counted, not timed: the clock of Workers
 * stands still while a request computes. A text that needs too much is given up by throwing {@link TooMuchWork}.
 */
export class Work {
  #atOnce = 0
  #inAll = 0

  /** Counts steps before they are done. @throws TooMuchWork */
  count(steps = 1): void {
    this.#atOnce += steps
    this.#inAll += steps
    if (this.#atOnce > mostAtOnce || this.#inAll > mostInAll) throw new TooMuchWork()
  }

  get isPauseDue(): boolean {
    return this.#atOnce >= stepsBetweenPauses
  }

  /** Lets other requests run. */
  async pause(): Promise<void> {
    await pause()
    this.#atOnce = 0
  }
}

/** Whether some text was worked on since the event loop last went round. */
let isTaken = false

/**
 * Lets other requests run before more is computed, on Node and on Workers. Of several that wait, one goes on in each
 * round of the event loop, in turns: else their work would add up before a short request is served.
 */
export async function pause(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 0))
  while (isTaken)
  isTaken = true
  setTimeout(() => {
    isTaken = false
  }, 0)
}
